package dev.terse.trainer.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Fills bins of a fixed size with sequences, longest first, each into the fullest bin that still
 * takes it (TRL: packing_strategy bfd). Sequences are never cut.
 */
public final class BinPacking {
  private BinPacking() {}

  /**
   * The bins, each with the indices of its sequences.
   *
   * @param lengths none above {@code size}
   */
  public static List<List<Integer>> bestFitDecreasing(int[] lengths, int size) {
    List<Integer> longestFirst =
        IntStream.range(0, lengths.length)
            .boxed()
            .sorted(Comparator.comparing((Integer i) -> -lengths[i]).thenComparing(i -> i))
            .toList();
    List<List<Integer>> bins = new ArrayList<>();
    TreeMap<Integer, List<Integer>> binsByCapacity = new TreeMap<>();
    for (int sequence : longestFirst) {
      var tightest = binsByCapacity.ceilingEntry(lengths[sequence]);
      int capacity = size;
      int bin = bins.size();
      if (tightest == null) {
        bins.add(new ArrayList<>());
      } else {
        capacity = tightest.getKey();
        bin = tightest.getValue().remove(tightest.getValue().size() - 1);
        if (tightest.getValue().isEmpty()) {
          binsByCapacity.remove(capacity);
        }
      }
      bins.get(bin).add(sequence);
      binsByCapacity
          .computeIfAbsent(capacity - lengths[sequence], left -> new ArrayList<>())
          .add(bin);
    }
    return bins;
  }
}
