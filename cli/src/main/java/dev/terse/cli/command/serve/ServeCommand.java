package dev.terse.cli.command.serve;

import dev.terse.cli.command.ConfiguredCommand;
import dev.terse.cli.command.ExitCodes;
import dev.terse.cli.engine.EngineOption;
import dev.terse.engine.Engine;
import dev.terse.io.hub.InputKind;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.WeightUse;
import dev.terse.serve.ModelServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;

/** A model behind OpenAI's HTTP interface. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Serves a model by OpenAI's HTTP interface: completions, chats, log-probabilities, streams;"
          + " all that is in flight decodes together.",
      "Ctrl-C ends what is in flight and stops. docs/commands/serve.md lists endpoints and keys."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar serve --model_name_or_path DIR",
      "  java -jar trainer.jar serve --model_name_or_path DIR --compare_with BASE --port 8080"
    })
public final class ServeCommand extends ConfiguredCommand<ServeConfig> {

  /** A command of the configuration's keys. */
  public ServeCommand() {
    super(ServeConfig.class);
  }

  @Override
  public Integer call() throws IOException {
    ServeConfig config = load().config();
    Map<String, Path> models = config.models();
    int positions =
        ModelFolder.config(InputKind.MODEL.place(config.modelNameOrPath())).maxPositions();
    try (Engine engine = EngineOption.open(config.engine());
        ModelServer server =
            ModelServer.start(
                config.settings(positions),
                models,
                path -> ModelFolder.load(path, engine, WeightUse.READ))) {
      System.out.printf(
          Locale.ROOT,
          "serving %s at http://%s:%d/v1; Ctrl-C stops%n",
          String.join(" and ", models.keySet()),
          config.host(),
          server.port());
      await(server);
    }
    return ExitCodes.OK;
  }

  /** Until the process is told to end, or this thread is interrupted. */
  private static void await(ModelServer server) {
    Thread hook = new Thread(server::close, "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      server.join();
    } catch (InterruptedException e) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }
}
