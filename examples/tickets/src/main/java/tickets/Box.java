package tickets;

import java.util.LinkedHashMap;
import java.util.Map;

/** The seats of one event, and who has them. */
public final class Box {
    private final int seats;
    private final Map<Integer, String> sold = new LinkedHashMap<>();

    public Box(int seats) {
        if (seats <= 0) {
            throw new IllegalArgumentException("an event has at least one seat");
        }
        this.seats = seats;
    }

    /** Sells the first free seat, and returns its number. */
    public synchronized int sell(String buyer) {
        for (int seat = 1; seat <= seats; seat++) {
            if (sold.putIfAbsent(seat, buyer) == null) {
                return seat;
            }
        }
        throw new IllegalStateException("sold out");
    }

    public synchronized int free() {
        return seats - sold.size();
    }
}
