package dev.terse.cli.command.serve;

import dev.terse.io.hub.InputKind;
import dev.terse.rollout.ContinuousBatch;
import dev.terse.serve.http.ServerSettings;
import dev.terse.trainer.config.CheckedBy;
import dev.terse.trainer.config.ConfigValues;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.Rule;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.model.ChatConfig;
import dev.terse.trainer.model.EngineConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys. docs/commands/serve.md lists them.
 *
 * @param modelNameOrPath a Hugging Face folder, a GGUF file, or the folder of a PEFT adapter
 * @param servedModelName what clients call it; unset for the name of its folder or file
 * @param compareWith a second model, which clients call by the name of its folder or file
 * @param host address to listen on; others than loopback need a token
 * @param port 0 takes one that is free
 * @param token what clients must show
 * @param weightsFolder where new weights may lie
 * @param maxLive completions decoded together
 * @param maxWaiting completions that may wait for a slot
 * @param maxLiveTokens tokens that all live completions together may grow to
 * @param maxPrefillTokens tokens of prompts that are read between two steps
 * @param maxLength most tokens of a prompt and its completion
 * @param maxCompletionLength most tokens of a completion
 * @param maxBodyBytes most bytes of a request
 * @param maxConnections most clients at once
 * @param requestTimeout longest time of a request, in seconds
 * @param idleTimeout longest time that a client neither sends nor takes a byte, in seconds
 * @param stopTimeout how long a stop waits for what is in flight, in seconds
 * @param chatTemplateKwargs variables for the chat template, such as enable_thinking
 */
@CheckedBy(ServeConfig.Rights.class)
public record ServeConfig(
    @Reads(InputKind.MODEL) String modelNameOrPath,
    @Default(Default.UNSET) String servedModelName,
    @Default(Default.UNSET) @Reads(InputKind.MODEL) String compareWith,
    @Default("127.0.0.1") String host,
    @Default("8000") @Range("[0, 65535]") int port,
    @Default(Default.UNSET) String token,
    @Default(Default.UNSET) String weightsFolder,
    @Default("32") @Range("[1, inf)") int maxLive,
    @Default("256") @Range("[0, inf)") int maxWaiting,
    @Default("65536") @Range("[2, inf)") int maxLiveTokens,
    @Default("2048") @Range("[1, inf)") int maxPrefillTokens,
    @Default(Default.UNSET) @Range("[2, inf)") Integer maxLength,
    @Default(Default.UNSET) @Range("[1, inf)") Integer maxCompletionLength,
    @Default("4000000") @Range("[1000, 1000000000]") int maxBodyBytes,
    @Default("256") @Range("[1, 10000]") int maxConnections,
    @Default("600") @Range("[1, 86400]") int requestTimeout,
    @Default("30") @Range("[1, 86400]") int idleTimeout,
    @Default("30") @Range("[1, 86400]") int stopTimeout,
    @Default(Default.UNSET) Map<String, Object> chatTemplateKwargs,
    @Default("42") long seed,
    EngineConfig engine) {

  /** Where max_completion_length is unset; fewer where the model has fewer positions. */
  private static final int MOST_NEW_TOKENS = 2_048;

  private static final int SHORTEST_TOKEN = 16;

  /** Who may reach the server, and what may reach its weights. */
  public static final class Rights implements Rule {
    @Override
    public List<String> problems(ConfigValues values) {
      List<String> problems = new ArrayList<>();
      String token = values.of("token", String.class).orElse(null);
      String host = values.of("host", String.class).orElse("127.0.0.1");
      if (token == null && !isLoopback(host)) {
        problems.add(
            values.places("host")
                + "host "
                + host
                + " can be reached from other machines: give a token, which clients must show, or"
                + " leave host out for 127.0.0.1");
      }
      if (token != null
          && (token.length() < SHORTEST_TOKEN || !token.chars().allMatch(c -> c > 32 && c < 127))) {
        problems.add(
            values.places("token")
                + "token must have at least "
                + SHORTEST_TOKEN
                + " visible ASCII characters and no blank, has "
                + token.length());
      }
      String folder = values.of("weights_folder", String.class).orElse(null);
      if (folder != null && token == null) {
        problems.add(
            values.places("weights_folder")
                + "weights_folder needs a token: who may change weights must show it");
      }
      if (folder != null && !Files.isDirectory(Path.of(folder))) {
        problems.add(
            values.places("weights_folder") + "weights_folder: there is no folder " + folder);
      }
      return problems;
    }

    private static boolean isLoopback(String host) {
      return host.equals("localhost")
          || host.equals("::1")
          || host.equals("[::1]")
          || host.matches("127(\\.[0-9]{1,3}){3}");
    }
  }

  /**
   * The models by their names, the main one first.
   *
   * @throws IllegalArgumentException if two have one name
   */
  Map<String, Path> models() {
    Map<String, Path> models = new LinkedHashMap<>();
    Path main = InputKind.MODEL.place(modelNameOrPath);
    models.put(servedModelName == null ? name(main) : servedModelName, main);
    if (compareWith != null) {
      Path other = InputKind.MODEL.place(compareWith);
      if (models.put(name(other), other) != null) {
        throw new IllegalArgumentException(
            "both models are called '"
                + name(other)
                + "': give served_model_name, the name of the first");
      }
    }
    return models;
  }

  private static String name(Path model) {
    return model.toAbsolutePath().normalize().getFileName().toString();
  }

  /**
   * What the server is told.
   *
   * @param positions of the main model
   */
  ServerSettings settings(int positions) {
    int newTokens =
        maxCompletionLength == null ? Math.min(MOST_NEW_TOKENS, positions) : maxCompletionLength;
    return new ServerSettings(
        host,
        port,
        token,
        weightsFolder == null ? null : Path.of(weightsFolder),
        new ContinuousBatch.Limits(maxLive, newTokens, maxLiveTokens, maxPrefillTokens),
        maxWaiting,
        maxLength == null ? Integer.MAX_VALUE : maxLength,
        maxBodyBytes,
        maxConnections,
        Duration.ofSeconds(requestTimeout),
        Duration.ofSeconds(idleTimeout),
        Duration.ofSeconds(stopTimeout),
        ChatConfig.variables(chatTemplateKwargs),
        seed);
  }
}
