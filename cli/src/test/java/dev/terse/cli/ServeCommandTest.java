package dev.terse.cli;

import static dev.terse.cli.Cli.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.command.ExitCodes;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as a user starts and stops it. */
class ServeCommandTest {
  private static final Path CHECKPOINTS = SharedData.projectRoot().resolve("checkpoints");
  private static final String MODEL = CHECKPOINTS.resolve("arithmetic-base").toString();

  @TempDir Path folder;

  @Test
  void serve_twoModels_answersUntilItIsStopped() throws Exception {
    int port = freePort();
    AtomicReference<Cli> ended = new AtomicReference<>();
    Thread run =
        new Thread(
            () ->
                ended.set(
                    Cli.run(
                        "serve",
                        "--model=" + MODEL,
                        "--compare_with=" + CHECKPOINTS.resolve("tiny-reasoner"),
                        "--served_model_name=sums",
                        "--port=" + port)));
    run.start();
    HttpClient client = HttpClient.newHttpClient();
    URI server = URI.create("http://127.0.0.1:" + port);
    String models = whenItListens(client, HttpRequest.newBuilder(server.resolve("/v1/models")));
    assertThat(models)
        .contains("\"id\":\"sums\"", "\"id\":\"tiny-reasoner\"", "\"max_model_len\":512");
    for (String name : new String[] {"sums", "tiny-reasoner"}) {
      HttpRequest request =
          HttpRequest.newBuilder(server.resolve("/v1/completions"))
              .header("Content-Type", "application/json")
              .POST(
                  BodyPublishers.ofString(
                      "{\"model\": \"" + name + "\", \"prompt\": \"1+2\", \"max_tokens\": 4}"))
              .build();
      HttpResponse<String> reply = client.send(request, BodyHandlers.ofString());
      assertThat(reply.body()).contains("\"model\":\"" + name + "\"", "\"choices\":[{\"index\":0");
    }
    run.interrupt();
    run.join();
    assertThat(ended.get().code()).as(ended.get().err()).isEqualTo(ExitCodes.OK);
    assertThat(ended.get().out())
        .isEqualTo(
            "serving sums and tiny-reasoner at http://127.0.0.1:" + port + "/v1; Ctrl-C stops\n");
  }

  private static String whenItListens(HttpClient client, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    for (int i = 0; i < 600; i++) {
      try {
        return client.send(request.build(), BodyHandlers.ofString()).body();
      } catch (ConnectException e) {
        Thread.sleep(100);
      }
    }
    throw new IOException("the server does not listen after a minute");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void serve_wrongRights_areToldTogether() {
    refused(
        "host 0.0.0.0 can be reached from other machines: give a token",
        "serve",
        "--model=" + MODEL,
        "--host=0.0.0.0");
    Cli both =
        Cli.run(
            "serve", "--model=" + MODEL, "--token=short", "--weights_folder=" + folder + "/none");
    assertThat(both.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(both.err())
        .contains("token must have at least 16 visible ASCII characters and no blank, has 5")
        .contains("weights_folder: there is no folder " + folder + "/none");
    refused(
        "weights_folder needs a token", "serve", "--model=" + MODEL, "--weights_folder=" + folder);
    refused(
        "both models are called 'arithmetic-base': give served_model_name",
        "serve",
        "--model=" + MODEL,
        "--compare_with=" + MODEL);
  }

  @Test
  void serve_aPortThatIsTaken_saysSo() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      Cli run = Cli.run("serve", "--model=" + MODEL, "--port=" + taken.getLocalPort());
      assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
      assertThat(run.err())
          .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .contains("Address already in use");
    }
  }
}
