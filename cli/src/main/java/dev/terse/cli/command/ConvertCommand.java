package dev.terse.cli.command;

import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.progress.Terminal;
import dev.terse.engine.Engine;
import dev.terse.io.Outputs;
import dev.terse.io.hub.InputKind;
import dev.terse.model.folder.HuggingFaceExport;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.gguf.PreTokenizerChoice;
import dev.terse.model.safetensors.DType;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.model.EngineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;

/** A model into a Hugging Face folder. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description =
        "Writes a GGUF file, a Hugging Face folder, or a PEFT adapter merged with its base model as"
            + " a Hugging Face folder.",
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar convert --model_name_or_path SmolLM2-135M-Instruct.Q4_1.gguf \\",
      "      --output_dir smollm2",
      "  java -jar trainer.jar convert --model_name_or_path runs/sft-lora --output_dir models/merged"
    })
public final class ConvertCommand extends ConfiguredCommand<ConvertCommand.ConvertConfig> {

  /** Number types as config.json names them. */
  public enum Type {
    float32(DType.F32),
    float16(DType.F16),
    bfloat16(DType.BF16);

    private final DType dtype;

    Type(DType dtype) {
      this.dtype = dtype;
    }
  }

  /**
   * The keys. docs/commands/convert.md lists them.
   *
   * @param modelNameOrPath a GGUF file, a Hugging Face folder, or the folder of a PEFT adapter
   * @param outputDir folder to write
   * @param overwrite whether files of the same names are replaced
   * @param dtype number type of the weights; unset keeps the one that they have
   * @param preTokenizer word rules of a GGUF's tokenizer
   */
  public record ConvertConfig(
      @Reads(InputKind.MODEL) String modelNameOrPath,
      @Writes(Writes.Kind.FOLDER) String outputDir,
      @Default("false") boolean overwrite,
      @Default(Default.UNSET) Type dtype,
      @Default("declared") PreTokenizerChoice preTokenizer,
      EngineConfig engine) {}

  /** A command without arguments yet. */
  public ConvertCommand() {
    super(ConvertConfig.class);
  }

  @Override
  public Integer call() throws IOException {
    ConvertConfig config = load().config();
    Path model = InputKind.MODEL.place(config.modelNameOrPath());
    Path output = Path.of(config.outputDir());
    new Outputs(List.of(model), config.overwrite()).requireFolder(output);
    DType dtype = config.dtype() == null ? ModelFolder.dtype(model) : config.dtype().dtype;
    String as = dtype.torchName() + (config.dtype() == null ? ", as most of it is stored," : "");
    if (Files.isRegularFile(model)) {
      try (Phases.Phase phase = Terminal.phases().start("convert", "numbers", -1)) {
        HuggingFaceExport.fromGguf(model, output, dtype, config.preTokenizer(), phase);
      }
      System.out.println("wrote " + model + " as " + as + " to " + output);
      return ExitCodes.OK;
    }
    try (Engine engine = EngineOption.open(config.engine());
        ModelFolder folder = ModelFolder.load(model, engine)) {
      folder.save(output, dtype);
      System.out.println(
          "wrote " + folder.decoder().weights().size() + " weights as " + as + " to " + output);
    }
    return ExitCodes.OK;
  }
}
