package tickets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServerTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private Server server;

    @BeforeEach
    void start() throws Exception {
        server = new Server(0, new Box(1));
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    @Test
    void sellsUntilNothingIsFree() throws Exception {
        assertEquals("{\"free\": 1}", send(request("/free").GET()).body());
        assertEquals(201, send(request("/tickets").POST(BodyPublishers.ofString("Ada"))).statusCode());
        assertEquals(409, send(request("/tickets").POST(BodyPublishers.ofString("Grace"))).statusCode());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
