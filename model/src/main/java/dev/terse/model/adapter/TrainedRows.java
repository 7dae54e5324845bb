package dev.terse.model.adapter;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import dev.terse.model.weights.Parameters;
import java.util.Arrays;

/**
 * Rows of a token table that are trained beside an adapter, while the others are frozen (PEFT:
 * trainable_token_indices).
 *
 * @param table the table's name, such as {@code model.embed_tokens.weight}
 * @param ids rows of the table, [K], distinct
 * @param rows what stands in them, [K, C]; owned by the adapters' parameters
 */
public record TrainedRows(String table, int[] ids, Tensor rows) {

  /** The rows as they stand in the table now. */
  static TrainedRows of(Engine engine, Parameters weights, String table, int[] ids) {
    Tensor all = weights.get(table);
    Tensor rows = engine.allocate(ids.length, all.rowSize());
    engine.embed(all, ids, rows);
    return new TrainedRows(table, ids, rows);
  }

  /** PEFT's name of the rows of {@code table}. */
  public static String name(String table) {
    return table.substring(0, table.length() - ".weight".length())
        + ".token_adapter.trainable_tokens_delta";
  }

  /**
   * Puts the rows into the table. One that stands there already is not written again: an engine may
   * keep a rounded copy of the table, which every writing makes stale.
   */
  void refresh(Engine engine, Parameters weights) {
    for (int k = 0; k < ids.length; k++) {
      Tensor row = rows.rowsView(k, k + 1);
      Tensor place = weights.get(table).rowsView(ids[k], ids[k] + 1);
      if (!Arrays.equals(row.toDoubles(), place.toDoubles())) {
        engine.copy(row, place);
      }
    }
  }

  /**
   * Adds to the rows' gradient what the tokens of a batch bring.
   *
   * @param d gradient of the embedded tokens, [N, C]
   */
  public void embedBackward(Engine engine, int[] tokens, Tensor d, Tensor gradient, Arena arena) {
    int[] places = new int[tokens.length];
    int[] trained = new int[tokens.length];
    int count = 0;
    for (int i = 0; i < tokens.length; i++) {
      for (int k = 0; k < ids.length; k++) {
        if (tokens[i] == ids[k]) {
          places[count] = i;
          trained[count++] = k;
        }
      }
    }
    if (count > 0) {
      try (Arena scratch = arena.open()) {
        Tensor picked = scratch.floats(count, d.rowSize());
        engine.embed(d, Arrays.copyOf(places, count), picked);
        engine.embedBackward(Arrays.copyOf(trained, count), picked, gradient);
      }
    }
  }
}
