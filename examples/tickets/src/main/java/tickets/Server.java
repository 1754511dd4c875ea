package tickets;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** {@code GET /free} and {@code POST /tickets}, whose body is the buyer. */
public final class Server {
    private final HttpServer server;

    public Server(int port, Box box) throws IOException {
        server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/free", exchange -> answer(exchange, 200, "{\"free\": " + box.free() + "}"));
        server.createContext("/tickets", exchange -> {
            String buyer = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            try {
                answer(exchange, 201, "{\"seat\": " + box.sell(buyer) + "}");
            } catch (IllegalStateException soldOut) {
                answer(exchange, 409, "{\"error\": \"sold out\"}");
            }
        });
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public void stop() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    public static void main(String[] arguments) throws IOException {
        String port = System.getenv().getOrDefault("PORT", "8080");
        new Server(Integer.parseInt(port), new Box(100));
    }
}
