package org.example.tickets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class Tickets {

  public static void main(String[] arguments) {
    SpringApplication.run(Tickets.class, arguments);
  }

  @GetMapping("/whoami")
  Map<String, Object> whoami() throws IOException {
    return Map.of("uid", Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }
}
