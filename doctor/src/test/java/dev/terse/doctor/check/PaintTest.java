package dev.terse.doctor.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.doctor.DoctorHarness;
import dev.terse.doctor.Finding;
import dev.terse.model.tokenizer.Tokenizer;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaintTest {

  @Test
  void loss_isGreenOnATerminal_andInBracketsElsewhere() {
    try (Tokenizer tokenizer = Tokenizer.load(DoctorHarness.MODEL)) {
      int[] ids = tokenizer.encode("<|user|>1\n2<|end|>");
      boolean[] loss = new boolean[ids.length];
      loss[ids.length - 2] = true;
      loss[ids.length - 1] = true;
      assertThat(new TokenText(tokenizer, Paint.BRACKETS).of(ids, loss))
          .isEqualTo("‹<|user|>›1⏎⟦2‹<|end|>›⟧");
      assertThat(new TokenText(tokenizer, Paint.COLOURS).of(ids, loss))
          .isEqualTo(
              "\u001b[7m<|user|>\u001b[0m1⏎\u001b[32m2\u001b[0m\u001b[7;32m<|end|>\u001b[0m");
    }
  }

  @Test
  void verdict_isOneLine_withDetailsBeneath() {
    Finding verdict =
        Finding.problem("files", "no\n  model", "a folder", "fetch it").with(List.of("more"));
    assertThat(Paint.BRACKETS.of(verdict))
        .isEqualTo("problem  files: no model; expected a folder; do: fetch it\n           more");
    assertThat(Paint.COLOURS.of(verdict)).startsWith("\u001b[31mproblem  \u001b[0mfiles");
  }
}
