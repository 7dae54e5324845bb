package dev.terse.answers.read;

import dev.terse.answers.tokens.Token;
import dev.terse.answers.value.Answer;
import dev.terse.answers.value.Answer.Collection;
import dev.terse.answers.value.Answer.Value;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Unit;
import java.util.ArrayList;
import java.util.List;

/** Lists without commas: the chosen letters ACD, the numbered statements (1)(3)(4). */
final class Lists {
  private static final int MOST = 10;

  private Lists() {}

  /** Adds the list that these tokens may be; ACD is a product too. */
  static void add(List<Answer> answers, List<Token> tokens) {
    var items = new ArrayList<Answer>();
    var letters = new StringBuilder();
    boolean numbered = true;
    boolean lettered = true;
    for (int i = 0; i < tokens.size() && (numbered || lettered); i++) {
      var token = tokens.get(i);
      boolean separator = token.is(",") || token.is(";") || token.is("&");
      separator |= Words.isConnective(token);
      boolean bracket = token.is("(") || token.is(")");
      if (token.isWord() && !separator) {
        letters.append(token.text());
        numbered = false;
      } else if (token.isDigits() && token.text().length() <= 2 && isBracketed(tokens, i)) {
        items.add(new Value(Expr.num(Long.parseLong(token.text())), Unit.NONE));
        lettered = false;
      } else if (!separator && !bracket) {
        return;
      }
      if (items.size() > MOST || letters.length() > MOST) {
        return;
      }
    }
    if (lettered && isChoice(letters, tokens.size() == 1)) {
      letters.chars().forEach(c -> items.add(choice(c)));
    }
    if ((numbered || lettered) && items.size() > 1) {
      if (numbered) { // (1)(3) names two statements and is not 3
        answers.clear();
      }
      Readings.add(answers, new Collection(List.copyOf(items), false));
    }
  }

  private static boolean isBracketed(List<Token> tokens, int i) {
    return i > 0 && i + 1 < tokens.size() && tokens.get(i - 1).is("(") && tokens.get(i + 1).is(")");
  }

  /** Whether it is several letters from A to J, each once; in order where they are one word. */
  private static boolean isChoice(CharSequence letters, boolean word) {
    for (int i = 0; i < letters.length(); i++) {
      char c = letters.charAt(i);
      boolean again = letters.toString().indexOf(c) < i;
      boolean falls = word && i > 0 && c < letters.charAt(i - 1);
      if (c < 'A' || c > 'J' || again || falls) {
        return false;
      }
    }
    return letters.length() > 1;
  }

  private static Answer choice(int letter) {
    return new Value(new Expr.Sym(String.valueOf((char) letter)), Unit.NONE);
  }
}
