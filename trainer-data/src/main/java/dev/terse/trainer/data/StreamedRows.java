package dev.terse.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.rows.RowBlocks;
import dev.terse.io.rows.RowFiles;
import dev.terse.io.rows.RowSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of files that need not fit into memory, each a unit of its own, tokenized when it is
 * asked for. Two blocks (row groups of Parquet, runs of JSON lines) are in memory. A row is a
 * function of its number, so that a resumed run needs no position. One that cannot be trained on is
 * an empty unit, so that the numbers of the others hold.
 *
 * <p>Not safe for two threads at a time.
 */
public final class StreamedRows extends AbstractList<List<SftRow>> {
  private static final Logger LOG = LoggerFactory.getLogger(StreamedRows.class);
  private static final int BLOCKS_HELD = 2; // an update may begin in one and end in the next

  /** Rows after which the share of those that are lost is judged. */
  private static final int SAMPLE = 1000;

  private final List<Block> blocks = new ArrayList<>();
  private final int rows;
  private final SftEncoder encoder;
  private final SftRules rules;
  private final Map<Integer, List<JsonNode>> held =
      new LinkedHashMap<>(4, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, List<JsonNode>> eldest) {
          return size() > BLOCKS_HELD;
        }
      };
  private long seen;
  private long lost;
  private boolean lossTold;

  /**
   * A block of a file.
   *
   * @param index in its file
   * @param first number of its first row
   * @param firstPlace of that row, for messages
   */
  private record Block(Path file, int index, int first, int rows, String firstPlace) {}

  /**
   * Looks at the files; no row is read yet.
   *
   * @throws IllegalArgumentException if a file can only be read from its beginning, or there is no
   *     row
   */
  public StreamedRows(List<Path> files, PromptEncoder prompts, SftRules rules) throws IOException {
    this.rules = rules;
    this.encoder = new SftEncoder(prompts, rules);
    int count = 0;
    for (Path file : files) {
      try (RowBlocks parts = RowFiles.blocks(file, rules.columns())) {
        for (int b = 0; b < parts.count(); b++) {
          blocks.add(new Block(file, b, count, parts.rows(b), parts.place(b, 0)));
          count = Math.addExact(count, parts.rows(b));
        }
      }
    }
    if (count == 0) {
      throw new IllegalArgumentException(RowSource.of(files).name() + " holds no row to train on");
    }
    this.rows = count;
  }

  @Override
  public int size() {
    return rows;
  }

  /** Rows of each block, in the order of the files. */
  public int[] blocks() {
    return blocks.stream().mapToInt(Block::rows).toArray();
  }

  /** The row of that number, or nothing where it cannot be trained on. */
  @Override
  public List<SftRow> get(int index) {
    int number = block(index);
    Block block = blocks.get(number);
    JsonNode json = read(number, block).get(index - block.first());
    String place = block.file().getFileName() + " row " + (index + 1);
    String id = json.hasNonNull("id") ? json.get("id").asText() : place;
    SftEncoder.Encoded whole;
    try {
      whole = encoder.encode(id, json);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          block.file()
              + ", "
              + (index - block.first())
              + " rows after "
              + block.firstPlace()
              + ": "
              + e.getMessage(),
          e);
    }
    SftRow row = rules.fitted(whole.row(), whole.plainText());
    seen++;
    if (row != null && row.targets() > 0) {
      return List.of(row);
    }
    lost++;
    tellLoss();
    return List.of();
  }

  private void tellLoss() {
    if (seen >= SAMPLE && 2 * lost > seen) {
      throw new IllegalArgumentException(
          lost
              + " of "
              + seen
              + " rows were left out, longer than max_length "
              + rules.maxLength()
              + " tokens or with nothing that bears loss; truncation_mode: keep_start keeps what fits"
              + " of each row (as TRL does), a larger max_length keeps them whole");
    }
    if (!lossTold && seen >= SAMPLE && 100 * lost > seen) {
      lossTold = true;
      LOG.warn(
          "{} of {} rows so far were left out: longer than max_length {} tokens, or nothing in them"
              + " bears loss",
          lost,
          seen,
          rules.maxLength());
    }
  }

  private List<JsonNode> read(int number, Block block) {
    List<JsonNode> read = held.get(number);
    if (read == null) {
      try (RowBlocks parts = RowFiles.blocks(block.file(), rules.columns())) {
        read = parts.read(block.index());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + block.file() + ": " + e.getMessage(), e);
      }
      held.put(number, read);
    }
    return read;
  }

  private int block(int index) {
    int low = 0;
    int high = blocks.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (blocks.get(middle).first() <= index) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Rows and blocks, in one sentence. */
  public String summary() {
    return rows + " rows in " + blocks.size() + " blocks, read when they are needed";
  }
}
