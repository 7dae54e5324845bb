package dev.terse.examples;

import dev.terse.engine.Engine;
import dev.terse.engine.TokenScores;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.model.folder.ModelFolder;
import java.nio.file.Path;

/** How well a model foresees each token of a text. Arguments: MODEL TEXT. */
public final class ScoreText {
  private ScoreText() {}

  /** Prints each token after the first, its log-probability and the entropy before it, in nats. */
  public static void main(String[] args) {
    try (Engine engine = new Nd4jEngine();
        ModelFolder model = ModelFolder.load(Path.of(args[0]), engine)) {
      int[] ids = model.tokenizer().encode(args[1]);
      TokenScores scores = model.decoder().score(ids);
      double sum = 0;
      for (int i = 0; i + 1 < ids.length; i++) {
        String next = model.tokenizer().decode(ids[i + 1]);
        double logProb = scores.logProbs()[i];
        sum += logProb;
        System.out.printf(
            "%-10s ln p %7.3f  entropy %6.3f%n", next, logProb, scores.entropies()[i]);
      }
      System.out.printf("perplexity %.2f%n", Math.exp(-sum / (ids.length - 1)));
    }
  }
}
