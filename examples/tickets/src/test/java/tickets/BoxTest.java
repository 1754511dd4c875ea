package tickets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class BoxTest {
    @Test
    void sellsEachSeatOnce() {
        Box box = new Box(2);
        assertEquals(1, box.sell("Ada"));
        assertEquals(2, box.sell("Grace"));
        assertEquals(0, box.free());
        assertThrows(IllegalStateException.class, () -> box.sell("Edsger"));
    }

    @Test
    void anEventHasSeats() {
        assertThrows(IllegalArgumentException.class, () -> new Box(0));
    }
}
