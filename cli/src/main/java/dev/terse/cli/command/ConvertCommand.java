package dev.terse.cli.command;

import static dev.terse.cli.command.OptionText.DEFAULT;

import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.progress.Terminal;
import dev.terse.engine.Engine;
import dev.terse.model.folder.HuggingFaceExport;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.gguf.PreTokenizerChoice;
import dev.terse.model.safetensors.DType;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A model into a Hugging Face folder. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description =
        "Writes a GGUF file, a Hugging Face folder, or a PEFT adapter merged with its base model as"
            + " a Hugging Face folder.",
    footer = {
      "",
      "Example:",
      "  java -jar trainer.jar convert --model SmolLM2-135M-Instruct.Q4_1.gguf --output smollm2",
      "  java -jar trainer.jar convert --model runs/sft-lora --output models/merged"
    })
public final class ConvertCommand implements Callable<Integer> {

  /** Number types as config.json names them. */
  enum Type {
    float32(DType.F32),
    float16(DType.F16),
    bfloat16(DType.BF16);

    private final DType dtype;

    Type(DType dtype) {
      this.dtype = dtype;
    }
  }

  @Option(
      names = "--model",
      required = true,
      description = "GGUF file, Hugging Face folder, or the folder of a PEFT adapter to merge.")
  private Path model;

  @Option(names = "--output", required = true, description = "Folder to write.")
  private Path output;

  @Option(
      names = "--dtype",
      defaultValue = "float32",
      description = "Number type of the weights: ${COMPLETION-CANDIDATES}." + DEFAULT)
  private Type dtype;

  @Option(
      names = "--pre-tokenizer",
      defaultValue = "declared",
      description = {
        "Word rules of a GGUF's tokenizer: declared (what the file names, the model's own) or",
        "transformers (GPT-2's for every file, as transformers does)." + DEFAULT
      })
  private PreTokenizerChoice preTokenizer;

  @Mixin private OverwriteOption outputs;

  @Mixin private EngineOption engineOption;

  @Override
  public Integer call() throws IOException {
    outputs.requireFolder(List.of(model), output);
    if (Files.isRegularFile(model)) {
      try (Phases.Phase phase = Terminal.phases().start("convert", "numbers", -1)) {
        HuggingFaceExport.fromGguf(model, output, dtype.dtype, preTokenizer, phase);
      }
      System.out.println("wrote " + model + " as " + dtype + " to " + output);
      return ExitCodes.OK;
    }
    try (Engine engine = engineOption.open();
        ModelFolder folder = ModelFolder.load(model, engine)) {
      folder.save(output, dtype.dtype);
      System.out.println(
          "wrote " + folder.decoder().weights().size() + " weights as " + dtype + " to " + output);
    }
    return ExitCodes.OK;
  }
}
