package dev.terse.traces;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.model.chat.ChatPrompt;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.testkit.SharedData;
import dev.terse.traces.score.TraceScorer;
import dev.terse.traces.score.TraceTokens;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.traces.segment.Trace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RealTokenizersTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"qwen3", "deepseek-r1-distill-qwen"})
  void tokens_realTraces_spellTheirOwnStep(String name) throws IOException {
    Path packed = SharedData.assumePresent("tokenizers/" + name + "/tokenizer.json.gz");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
      Files.copy(in, folder.resolve("tokenizer.json"));
    }
    Files.copy(
        packed.resolveSibling("tokenizer_config.json"), folder.resolve("tokenizer_config.json"));
    List<Trace> traces = RealTraces.all();
    int steps = 0;
    try (Tokenizer tokenizer = Tokenizer.load(folder)) {
      TraceScorer scorer =
          new TraceScorer(null, tokenizer, turns -> ChatPrompt.plain(turns.get(0).content()));
      for (int i = 0; i < traces.size(); i += 8) {
        Trace trace = traces.get(i);
        Thinking thinking = ThinkingRule.MARKS.of(trace.response());
        TraceTokens tokens = scorer.tokens(trace, thinking);
        for (int s = 0; s < tokens.steps().size(); s++, steps++) {
          // No token of these vocabularies holds text on both sides of a blank line, so the
          // tokens of a step are its text, after the normal form that the tokenizer applies.
          int step = s;
          int[] ids =
              IntStream.range(0, tokens.stepOf().length)
                  .filter(t -> tokens.stepOf()[t] == step)
                  .map(t -> tokens.ids()[tokens.first() + t])
                  .toArray();
          String text = tokens.steps().get(s).text(thinking.text());
          assertThat(tokenizer.decode(ids, false))
              .as("%s step %d, ids %s", trace.id(), s, Arrays.toString(ids))
              .isEqualTo(Normalizer.normalize(text, Normalizer.Form.NFC));
        }
      }
    }
    System.out.println(name + ": " + steps + " steps spelt by their tokens");
    assertThat(steps).isGreaterThan(1000);
  }
}
