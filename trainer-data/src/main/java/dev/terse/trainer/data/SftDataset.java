package dev.terse.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.DataRows;
import dev.terse.io.rows.RowSource;
import dev.terse.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of an SFT file that can be trained on. A line is one of
 *
 * <pre>
 * {"prompt": messages or text, "completion": messages or text}
 * {"messages": [{"role": …, "content": …}, …]}          {"conversations": [{"from": …, "value": …}, …]}
 * {"text": …}          {"instruction": …, "input": …, "output": …}          {"input_ids": …, "labels": …}
 * </pre>
 *
 * <p>with {@code tools} and {@code chat_template_kwargs} beside messages. A column that is null is
 * not there. docs/commands/sft.md says where loss is.
 *
 * @param rows in the order of the file
 * @param counts what became of the lines
 */
public record SftDataset(List<SftRow> rows, Counts counts) {

  /** Rows that a summary names. */
  private static final int NAMED = 5;

  /** Characters of the first row that are shown. */
  private static final int SHOWN = 2000;

  /**
   * What became of the lines of a file.
   *
   * @param read all of them
   * @param cut used without their beginning or end
   * @param tooLong left out because they are longer than the limit
   * @param longest tokens of the longest row, uncut
   * @param empty names of those left out because nothing in them bears loss
   */
  public record Counts(int read, int cut, int tooLong, int longest, List<String> empty) {
    public Counts {
      empty = List.copyOf(empty);
    }

    int dropped() {
      return tooLong + empty.size();
    }
  }

  /** As below, of one file. */
  public static SftDataset load(Path file, PromptEncoder encoder, SftRules rules)
      throws IOException {
    return load(RowSource.of(List.of(file)), encoder, rules);
  }

  /**
   * Reads rows.
   *
   * @throws IllegalArgumentException naming the line that cannot be used, or if no more than half
   *     of the rows are left
   */
  public static SftDataset load(RowSource source, PromptEncoder encoder, SftRules rules)
      throws IOException {
    List<SftRow> rows = new ArrayList<>();
    List<String> empty = new ArrayList<>();
    int read = 0;
    int cut = 0;
    int tooLong = 0;
    int longest = 0;
    try (DataRows lines = source.open(rules.columns())) {
      SftEncoder encoded = new SftEncoder(encoder, rules);
      for (JsonNode json = lines.next(); json != null; json = lines.next()) {
        read++;
        SftEncoder.Encoded whole = encoded(encoded, json, lines);
        SftRow row = rules.fitted(whole.row(), whole.plainText());
        longest = Math.max(longest, whole.row().ids().length);
        if (row == null) {
          tooLong++;
        } else if (row.targets() == 0) {
          empty.add(row.id());
        } else {
          cut += row == whole.row() ? 0 : 1;
          rows.add(row);
        }
      }
    }
    SftDataset dataset =
        new SftDataset(List.copyOf(rows), new Counts(read, cut, tooLong, longest, empty));
    dataset.requireHalf(source.name(), rules.maxLength());
    return dataset;
  }

  private static SftEncoder.Encoded encoded(SftEncoder encoder, JsonNode json, DataRows at) {
    String id = json.hasNonNull("id") ? json.get("id").asText() : at.place();
    try {
      return encoder.encode(id, json);
    } catch (IllegalArgumentException e) {
      throw at.bad(e.getMessage());
    }
  }

  private void requireHalf(String file, int maxLength) {
    if (rows.isEmpty() || 2 * counts.dropped() > counts.read()) {
      throw new IllegalArgumentException(
          file
              + (rows.isEmpty() ? " holds no row to train on: " : " would lose most of its rows: ")
              + summary(maxLength)
              + (counts.tooLong() == 0
                  ? ""
                  : "; truncation_mode: keep_start keeps what fits of each row (as TRL does),"
                      + " max_length: "
                      + counts.longest()
                      + " keeps them whole"));
    }
  }

  /** Whether so many rows are lost that a user must be warned: more than 1 %. */
  public boolean losesRows() {
    return 100 * counts.dropped() > counts.read();
  }

  /** One sentence with the counts. */
  public String summary(int maxLength) {
    List<String> empty = counts.empty();
    return counts.read()
        + " rows read, "
        + rows.size()
        + " used, "
        + counts.tooLong()
        + " dropped because they are longer than max_length "
        + maxLength
        + " tokens"
        + (counts.cut() == 0 ? "" : ", " + counts.cut() + " cut to it")
        + (empty.isEmpty()
            ? ""
            : ", "
                + empty.size()
                + " dropped because nothing in them bears loss: "
                + String.join(", ", empty.subList(0, Math.min(NAMED, empty.size())))
                + (empty.size() > NAMED ? ", ..." : ""));
  }

  /** The first row as text; what stands in ⟦ ⟧ bears loss. */
  public String firstRow(Tokenizer tokenizer) {
    return shown(rows.get(0), tokenizer);
  }

  /** A row as text; what stands in ⟦ ⟧ bears loss. */
  public static String shown(SftRow row, Tokenizer tokenizer) {
    StringBuilder shown = new StringBuilder(row.id()).append(": ");
    int begin = 0;
    for (int t = 1; t <= row.ids().length && shown.length() < SHOWN; t++) {
      if (t == row.ids().length || row.bearsLoss(t) != row.bearsLoss(begin)) {
        String text = tokenizer.decode(row.part(begin, t).ids(), false);
        shown.append(row.bearsLoss(begin) ? "⟦" + text + "⟧" : text);
        begin = t;
      }
    }
    return shown.length() < SHOWN ? shown.toString() : shown.substring(0, SHOWN) + " …";
  }
}
