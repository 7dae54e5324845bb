package dev.terse.cli.command.deploy;

import dev.terse.cli.command.ConfiguredCommand;
import dev.terse.cli.command.ExitCodes;
import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.progress.Terminal;
import dev.terse.io.AtomicFile;
import dev.terse.io.Outputs;
import dev.terse.io.hub.InputKind;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.folder.StoredModel;
import dev.terse.model.gguf.GgufExport;
import dev.terse.model.ollama.Modelfile;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.model.EngineConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** A model into a GGUF file, with the Modelfile that Ollama makes a model of. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a Hugging Face folder, a GGUF file, or a PEFT adapter merged with its base model as a"
          + " GGUF file that llama.cpp loads, with a Modelfile for Ollama.",
      "docs/commands/export.md lists the keys."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar export --model_name_or_path runs/grpo --output_dir exported",
      "  java -jar trainer.jar export --model_name_or_path runs/sft-lora --output_dir exported \\",
      "      --dtype q8_0"
    })
public final class ExportCommand extends ConfiguredCommand<ExportCommand.ExportConfig> {

  /** Number types: config.json's names, and ggml's of quantized ones. */
  public enum Type {
    float32(GgufExport.Type.F32),
    float16(GgufExport.Type.F16),
    bfloat16(GgufExport.Type.BF16),
    q8_0(GgufExport.Type.Q8_0),
    q4_0(GgufExport.Type.Q4_0);

    private final GgufExport.Type gguf;

    Type(GgufExport.Type gguf) {
      this.gguf = gguf;
    }
  }

  /**
   * The keys. docs/commands/export.md lists them.
   *
   * @param modelNameOrPath a Hugging Face folder, a GGUF file, or the folder of a PEFT adapter
   * @param outputDir folder to write
   * @param overwrite whether files of the same names are replaced
   * @param dtype number type of the matrices; unset keeps the one that most of them have
   */
  public record ExportConfig(
      @Reads(InputKind.MODEL) String modelNameOrPath,
      @Writes(Writes.Kind.FOLDER) String outputDir,
      @Default("false") boolean overwrite,
      @Default(Default.UNSET) Type dtype,
      EngineConfig engine) {}

  /** A command without arguments yet. */
  public ExportCommand() {
    super(ExportConfig.class);
  }

  @Override
  public Integer call() throws IOException {
    ExportConfig config = load().config();
    Path model = InputKind.MODEL.place(config.modelNameOrPath());
    Path output = Path.of(config.outputDir());
    new Outputs(List.of(model), config.overwrite()).requireFolder(output);
    GgufExport.Type type =
        config.dtype() == null ? GgufExport.Type.of(ModelFolder.dtype(model)) : config.dtype().gguf;
    Path file = output.resolve("model-" + type + ".gguf");
    String name = model.toAbsolutePath().normalize().getFileName().toString();
    try (StoredModel stored = StoredModel.open(model, () -> EngineOption.open(config.engine()))) {
      GgufExport export =
          new GgufExport(
              stored.weights(), stored.config(), stored.tokenizer(), stored.template(), name, type);
      Modelfile modelfile =
          Modelfile.of(
              file.getFileName().toString(),
              stored.template(),
              stored.tokenizer(),
              stored.generationConfig(),
              export.begin());
      try (Phases.Phase phase = Terminal.phases().start("export", "numbers", export.numbers())) {
        export.write(file, phase);
      }
      Path description = output.resolve("Modelfile");
      AtomicFile.write(description, modelfile.text());
      System.out.printf(
          Locale.ROOT, "wrote %s as %s, %.1f MB, to %s%n", model, type, export.bytes() / 1e6, file);
      Stream.concat(export.notes().stream(), modelfile.notes().stream())
          .forEach(note -> System.out.println("note: " + note));
      System.out.println("Ollama: ollama create " + name + " -f " + description);
      System.out.println("fewer bits: " + fewerBits(type, output, file));
    }
    return ExitCodes.OK;
  }

  /** K-quants are llama.cpp's own; they are made from whole numbers. */
  private static String fewerBits(GgufExport.Type type, Path output, Path file) {
    return type.isQuantized()
        ? "export with --dtype float16 first, then llama-quantize makes Q4_K_M and others of it"
        : "llama-quantize " + file + " " + output.resolve("model-Q4_K_M.gguf") + " Q4_K_M";
  }
}
