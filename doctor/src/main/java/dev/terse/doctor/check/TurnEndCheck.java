package dev.terse.doctor.check;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.PlannedRun;
import dev.terse.model.chat.TurnEnd;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.tokenizer.Tokenizer;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The token by which the template ends a turn is one that ends a completion. */
record TurnEndCheck(PlannedRun<?> run) implements Check {

  @Override
  public String subject() {
    return "turn end";
  }

  @Override
  public List<Finding> look() {
    ModelFolder model = run.outline();
    Tokenizer tokenizer = model.tokenizer();
    if (tokenizer.stopIds().isEmpty()) {
      return List.of(
          Finding.problem(
              subject(),
              "the tokenizer names no end token",
              "eos_token in tokenizer_config.json, or eos_token_id in generation_config.json",
              "set eos_token to a token of the vocabulary; without one no completion ends"));
    }
    String stops =
        tokenizer.stopIds().stream()
            .map(id -> name(tokenizer, id))
            .collect(Collectors.joining(", "));
    if (model.template() == null) {
      return List.of(Finding.ok(subject(), "no chat template; completions end with " + stops));
    }
    OptionalInt end = TurnEnd.of(model.template(), tokenizer);
    if (end.isEmpty()) {
      return List.of(
          Finding.note(
              subject(),
              "the chat template ends a turn with no token; completions end with " + stops,
              "a token such as <|im_end|>",
              "SFT adds the first end token to each row; check that the model answers so"));
    }
    if (!tokenizer.stopIds().contains(end.getAsInt())) {
      String token = tokenizer.decode(new int[] {end.getAsInt()}, false);
      return List.of(
          Finding.problem(
              subject(),
              "the chat template ends a turn with "
                  + name(tokenizer, end.getAsInt())
                  + ", but completions end with "
                  + stops,
              "one and the same, or completions go on until they are cut",
              "eos_token: \"" + token + "\""));
    }
    return List.of(
        Finding.ok(
            subject(),
            "the chat template ends a turn with "
                + name(tokenizer, end.getAsInt())
                + ", which ends a completion"));
  }

  private static String name(Tokenizer tokenizer, int id) {
    return tokenizer.decode(new int[] {id}, false) + " (id " + id + ")";
  }
}
