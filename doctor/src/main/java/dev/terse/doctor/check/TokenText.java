package dev.terse.doctor.check;

import dev.terse.model.tokenizer.Tokenizer;
import java.util.Arrays;

/** Tokens as text in which special tokens and the ends of lines can be seen. */
record TokenText(Tokenizer tokenizer, Paint paint) {
  /** Characters that are shown; what is between the beginning and the end is left out. */
  private static final int SHOWN = 1200;

  /** A prompt. */
  String of(int[] ids) {
    return of(ids, new boolean[ids.length]);
  }

  /** A row with what bears loss; {@code loss} is as long as {@code ids}. */
  String of(int[] ids, boolean[] loss) {
    StringBuilder text = new StringBuilder();
    int from = 0;
    for (int t = 1; t <= ids.length; t++) {
      if (t == ids.length || loss[t] != loss[from]) {
        text.append(paint.stretch(visible(ids, from, t, loss[from]), loss[from]));
        from = t;
      }
    }
    return cut(text.toString());
  }

  private String visible(int[] ids, int from, int to, boolean loss) {
    StringBuilder text = new StringBuilder();
    int plain = from;
    for (int t = from; t <= to; t++) {
      boolean special = t < to && tokenizer.isControl(ids[t]);
      if (t == to || special) {
        if (plain < t) {
          String run = tokenizer.decode(Arrays.copyOfRange(ids, plain, t), false);
          text.append(paint.text(run.replace("\n", "⏎"), loss));
        }
        if (special) {
          String mark = tokenizer.decode(new int[] {ids[t]}, false);
          text.append(paint.special(mark, loss));
        }
        plain = t + 1;
      }
    }
    return text.toString();
  }

  private static String cut(String text) {
    if (text.length() <= SHOWN) {
      return text;
    }
    int half = SHOWN / 2;
    return text.substring(0, half) + " … " + text.substring(text.length() - half);
  }
}
