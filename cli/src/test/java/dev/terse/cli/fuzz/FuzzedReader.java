package dev.terse.cli.fuzz;

import dev.terse.answers.AnswerCheck;
import dev.terse.answers.Grade;
import dev.terse.answers.compare.Equivalence;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.io.JsonLines;
import dev.terse.jinja.Template;
import dev.terse.model.folder.AdapterFolder;
import dev.terse.model.gguf.GgufModel;
import dev.terse.model.safetensors.SafetensorsWeights;
import dev.terse.model.safetensors.WeightSource;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.tokenizer.TokenizerFiles;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.trainer.checkpoint.CheckpointStore;
import dev.terse.trainer.checkpoint.RunFiles;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.grpo.GrpoConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * What reads files and texts from strangers. The contract of each: any bytes end in a result or in
 * one of our own exceptions with a sentence, never in another Throwable.
 */
enum FuzzedReader {
  /** A weight file; every tensor's first numbers are read. */
  SAFETENSORS {
    @Override
    void read(byte[] bytes, Path folder) throws IOException {
      try (WeightSource weights =
          SafetensorsWeights.open(written(folder, "x.safetensors", bytes))) {
        firstNumbers(weights);
      }
    }
  },

  /** Header, configuration and tokenizer of a GGUF file, and its tensors' first numbers. */
  GGUF {
    @Override
    void read(byte[] bytes, Path folder) throws IOException {
      try (GgufModel model = GgufModel.open(written(folder, "x.gguf", bytes))) {
        DecoderConfig.of(model.config());
        model.tokenizerFiles();
        firstNumbers(model);
      }
    }
  },

  /** tokenizer.json, through the native library. */
  TOKENIZER {
    @Override
    void read(byte[] bytes, Path folder) {
      Map<String, byte[]> files =
          Map.of(TokenizerFiles.TOKENIZER, bytes, TokenizerFiles.CONFIG, utf8("{}"));
      try (Tokenizer tokenizer = Tokenizer.of(new TokenizerFiles(files))) {
        tokenizer.decode(tokenizer.encode("1+2 = 3<|end|>\n"));
      }
    }
  },

  /** config.json of a model. */
  CONFIG {
    @Override
    void read(byte[] bytes, Path folder) throws IOException {
      DecoderConfig.of(written(folder, "config.json", bytes)).parameterCount();
    }
  },

  /** adapter_config.json: settings and the place of the base. */
  ADAPTER {
    @Override
    void read(byte[] bytes, Path folder) throws IOException {
      written(folder, "adapter_config.json", bytes);
      written(folder.resolve("base"), "config.json", utf8("{}"));
      AdapterFolder.settings(folder);
      AdapterFolder.base(folder);
    }
  },

  /** A configuration file of grpo. */
  YAML {
    @Override
    void read(byte[] bytes, Path folder) {
      ConfigReader.parse(new String(bytes, StandardCharsets.UTF_8), GrpoConfig.class);
    }
  },

  /** Rows of JSON, to the end or to the first that is bad. */
  ROWS {
    @Override
    void read(byte[] bytes, Path folder) throws IOException {
      try (JsonLines rows = JsonLines.of(Path.of("x"), new ByteArrayInputStream(bytes), 0)) {
        while (rows.next() != null) {
          rows.place();
        }
      }
    }
  },

  /** A chat template, read and carried out on two turns and a tool. */
  TEMPLATE {
    @Override
    void read(byte[] bytes, Path folder) {
      Map<String, Object> variables =
          Map.of(
              "messages",
              List.of(
                  Map.of("role", "user", "content", "1+2"),
                  Map.of("role", "assistant", "content", "<think>3</think>3")),
              "tools",
              List.of(Map.of("name", "f", "parameters", Map.of("x", 1.5))),
              "bos_token",
              "<s>",
              "add_generation_prompt",
              true);
      Template.of(new String(bytes, StandardCharsets.UTF_8)).render(variables, NOON);
    }
  },

  /** A right answer up to the first line's end and a completion: a grade, the same twice. */
  ANSWERS {
    @Override
    void read(byte[] bytes, Path folder) {
      String text = new String(bytes, StandardCharsets.UTF_8);
      int end = Math.min(text.indexOf('\n') < 0 ? text.length() : text.indexOf('\n'), MAX_GOLD);
      String gold = text.substring(0, end);
      String completion = text.substring(Math.min(text.length(), end + 1));
      Grade grade = CHECK.check(gold, completion);
      if (grade.reason().contains(Equivalence.INTERNAL)) {
        throw new IllegalStateException(grade.reason());
      }
      if (!grade.equals(CHECK.check(gold, completion))) {
        throw new IllegalStateException("not the same twice: " + grade);
      }
    }
  },

  /** The listing of a checkpoint's manifest under a seal that holds, and the state of its run. */
  CHECKPOINT {
    @Override
    void read(byte[] bytes, Path folder) throws IOException {
      Path checkpoint = folder.resolve("checkpoint-2");
      written(checkpoint, "config.json", utf8("{}"));
      written(checkpoint, "MANIFEST.json", sealed(bytes));
      try {
        CheckpointStore.open(checkpoint);
      } catch (IllegalArgumentException | IOException e) {
        requireSentence(e);
      }
      Path state = RunFiles.stateFolder(checkpoint);
      written(state, "state.json", bytes);
      RunFiles.started(checkpoint);
    }
  };

  private static final int MAX_GOLD = 256;
  private static final int NUMBERS = 4;
  private static final LocalDateTime NOON = LocalDateTime.of(2026, 1, 1, 12, 0);
  private static final AnswerCheck CHECK = new AnswerCheck(AnswerPolicy.LENIENT);

  /** Reads one input; {@code folder} is the reader's to write in. */
  abstract void read(byte[] bytes, Path folder) throws IOException;

  /**
   * Holds the reader to its contract.
   *
   * @return whether the bytes were taken
   */
  boolean holds(byte[] bytes, Path folder) {
    try {
      read(bytes, folder);
      return true;
    } catch (IllegalArgumentException | IOException | UncheckedIOException e) {
      requireSentence(e);
      return false;
    }
  }

  /** The name of its files among the test's resources. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  // A NumberFormatException or InvalidPathException is an IllegalArgumentException that nobody
  // wrote a sentence for.
  private static void requireSentence(Exception e) {
    boolean ofTheJdk =
        e instanceof IllegalArgumentException
            && e.getClass() != IllegalArgumentException.class
            && e.getClass().getName().startsWith("java.");
    if (ofTheJdk || e.getMessage() == null || e.getMessage().isBlank()) {
      throw new IllegalStateException("no sentence for a user: " + e, e);
    }
  }

  private static void firstNumbers(WeightSource weights) {
    float[] numbers = new float[NUMBERS];
    for (String name : weights.names()) {
      long size = 1;
      for (int side : weights.shape(name)) {
        size *= side;
      }
      weights.read(name, 0, numbers, 0, (int) Math.min(size, NUMBERS));
    }
  }

  private static Path written(Path folder, String name, byte[] bytes) throws IOException {
    return Files.write(Files.createDirectories(folder).resolve(name), bytes);
  }

  private static byte[] sealed(byte[] listing) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(utf8(new String(listing, StandardCharsets.UTF_8)));
    ByteArrayOutputStream sealed = new ByteArrayOutputStream();
    sealed.write(listing);
    sealed.write(utf8(String.format(",\n\"crc32c\":\"%08x\"}\n", crc.getValue())));
    return sealed.toByteArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
