package dev.terse.engine.cuda;

import dev.terse.engine.Engine.Write;
import dev.terse.engine.Rotary;
import dev.terse.engine.cuda.device.Arguments;
import dev.terse.engine.cuda.device.Device;
import dev.terse.engine.cuda.device.Scratch;
import dev.terse.engine.spi.SeenRows;
import dev.terse.engine.spi.Turn;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The operations between the matmuls: what {@code rows.cu} has, given tensors. */
final class RowKernels implements SeenRows.Moves<CudaTensor>, AutoCloseable {
  private static final int THREADS = 256;

  /** Blocks of an operation on elements, at most; each thread then takes several. */
  private static final int MOST_BLOCKS = 8192;

  /** Blocks that a sum of squares is taken in, whatever the GPU. */
  private static final int SUM_BLOCKS = 1024;

  /** Rows that one thread adds up for a column. */
  private static final int ROWS_OF_PIECE = 64;

  private final Device device;
  private final RotaryInputs rotaryInputs;

  RowKernels(Device device) {
    this.device = device;
    this.rotaryInputs = new RotaryInputs(device);
  }

  void add(CudaTensor x, double factor, CudaTensor to) {
    elements(
        "add",
        x.size(),
        new Arguments()
            .address(to.address())
            .address(x.address())
            .number((float) factor)
            .count(x.size()));
  }

  @Override
  public void clear(CudaTensor t) {
    device.clear(t.address(), t.byteSize());
  }

  @Override
  public void gather(CudaTensor table, int[] ids, CudaTensor out) {
    try (Scratch scratch = new Scratch(device)) {
      gather(table, scratch.of(ids), ids.length, out.address());
    }
  }

  /** Rows of a table, their ids and the result on the device. */
  void gather(CudaTensor table, long ids, int count, long out) {
    rows(
        "gather",
        count,
        table.rowSize(),
        new Arguments()
            .address(table.address())
            .address(ids)
            .address(out)
            .integer(table.rowSize()));
  }

  /** Row i of {@code x} becomes row ids[i] of {@code out}; ids are distinct. */
  void scatter(long x, long ids, int count, CudaTensor out) {
    rows(
        "scatter",
        count,
        out.rowSize(),
        new Arguments().address(x).address(ids).address(out.address()).integer(out.rowSize()));
  }

  @Override
  public void scatterAdd(int[] ids, CudaTensor x, CudaTensor sums) {
    Map<Integer, Integer> counts = new TreeMap<>();
    for (int id : ids) {
      counts.merge(id, 1, Integer::sum);
    }
    int[] distinct = counts.keySet().stream().mapToInt(Integer::intValue).toArray();
    int[] starts = new int[distinct.length + 1];
    for (int b = 0; b < distinct.length; b++) {
      starts[b + 1] = starts[b] + counts.get(distinct[b]);
    }
    int[] sources =
        IntStream.range(0, ids.length)
            .boxed()
            .sorted((i, j) -> Integer.compare(ids[i], ids[j])) // keeps the order of equal ids
            .mapToInt(Integer::intValue)
            .toArray();
    try (Scratch scratch = new Scratch(device)) {
      rows(
          "scatterAdd",
          distinct.length,
          sums.rowSize(),
          new Arguments()
              .address(x.address())
              .address(scratch.of(distinct))
              .address(scratch.of(starts))
              .address(scratch.of(sources))
              .address(sums.address())
              .integer(sums.rowSize()));
    }
  }

  /** Columns {@code ids} of {@code rows} rows. */
  void gatherColumns(long x, int rows, int columns, long ids, int wanted, long out) {
    rows(
        "gatherColumns",
        rows,
        wanted,
        new Arguments().address(x).address(ids).address(out).integer(columns).integer(wanted));
  }

  /** {@code out = x ∘ scale + bias}; scale (1) and bias (0) may be null. */
  void scaleColumns(CudaTensor x, CudaTensor scale, CudaTensor bias, CudaTensor out) {
    elements(
        "scaleColumns",
        x.size(),
        new Arguments()
            .address(x.address())
            .address(CudaTensor.addressOf(scale))
            .address(CudaTensor.addressOf(bias))
            .address(out.address())
            .integer(x.rowSize())
            .count(x.size()));
  }

  /** Adds {@code Σ_r x y} of each column to {@code sums}; y (1) may be null. */
  void addColumnDots(CudaTensor x, CudaTensor y, CudaTensor sums) {
    addColumnDots(x, y, 0, sums);
  }

  /**
   * @param factors of the rows, on the device; 0 for none
   */
  private void addColumnDots(CudaTensor x, CudaTensor y, long factors, CudaTensor sums) {
    int columns = x.rowSize();
    int pieces = (x.rows() + ROWS_OF_PIECE - 1) / ROWS_OF_PIECE;
    int blocks = (columns + THREADS - 1) / THREADS;
    try (Scratch scratch = new Scratch(device)) {
      long ofPieces = scratch.floats((long) pieces * columns);
      device.launch(
          "columnDots",
          blocks,
          pieces,
          THREADS,
          new Arguments()
              .address(x.address())
              .address(CudaTensor.addressOf(y))
              .address(factors)
              .address(ofPieces)
              .integer(x.rows())
              .integer(columns)
              .integer(ROWS_OF_PIECE));
      device.launch(
          "addPieces",
          blocks,
          1,
          THREADS,
          new Arguments()
              .address(ofPieces)
              .address(sums.address())
              .integer(pieces)
              .integer(columns));
    }
  }

  void dropout(CudaTensor x, double rate, long[] rowSeeds, CudaTensor out) {
    try (Scratch scratch = new Scratch(device)) {
      rows(
          "dropout",
          x.rows(),
          x.rowSize(),
          new Arguments()
              .address(x.address())
              .address(scratch.of(rowSeeds))
              .address(out.address())
              .count((long) Math.ceil(rate * 0x1.0p32))
              .number((float) (1 / (1 - rate)))
              .integer(x.rowSize()));
    }
  }

  void rmsNorm(CudaTensor x, CudaTensor w, double eps, CudaTensor y) {
    rows(
        "rmsNorm",
        x.rows(),
        x.rowSize(),
        new Arguments()
            .address(x.address())
            .address(w.address())
            .address(y.address())
            .exact(eps)
            .integer(x.rowSize()));
  }

  void rmsNormBackward(
      CudaTensor x,
      CudaTensor w,
      double eps,
      CudaTensor dy,
      CudaTensor dx,
      Write write,
      CudaTensor dw) {
    try (Scratch scratch = new Scratch(device)) {
      long factors = scratch.floats(x.rows());
      long pulls = scratch.floats(x.rows());
      rows(
          "rmsNormFactors",
          x.rows(),
          x.rowSize(),
          new Arguments()
              .address(x.address())
              .address(w.address())
              .address(dy.address())
              .address(factors)
              .address(pulls)
              .exact(eps)
              .integer(x.rowSize()));
      addColumnDots(x, dy, factors, dw); // before dx, which may be dy
      rows(
          "rmsNormBackward",
          x.rows(),
          x.rowSize(),
          new Arguments()
              .address(x.address())
              .address(w.address())
              .address(dy.address())
              .address(factors)
              .address(pulls)
              .address(dx.address())
              .integer(write == Write.ADD ? 1 : 0)
              .integer(x.rowSize()));
    }
  }

  void rope(CudaTensor x, int[] positions, Rotary rotary, Turn turn) {
    int half = rotary.inverseFrequencies().length;
    rows(
        "rope",
        x.rows(),
        half,
        new Arguments()
            .address(x.address())
            .address(rotaryInputs.positions(positions))
            .address(rotaryInputs.frequencies(rotary))
            .integer(half)
            .integer(x.rowSize() / rotary.headDim())
            .exact(rotary.scale())
            .exact(turn.sign()));
  }

  void swiglu(CudaTensor gate, CudaTensor up, CudaTensor out) {
    elements(
        "swiglu",
        out.size(),
        new Arguments()
            .address(gate.address())
            .address(up.address())
            .address(out.address())
            .count(out.size()));
  }

  void swigluBackward(
      CudaTensor gate, CudaTensor up, CudaTensor dOut, CudaTensor dGate, CudaTensor dUp) {
    elements(
        "swigluBackward",
        dOut.size(),
        new Arguments()
            .address(gate.address())
            .address(up.address())
            .address(dOut.address())
            .address(dGate.address())
            .address(dUp.address())
            .count(dOut.size()));
  }

  /** Softmax of {@code factor * x} along each row. */
  void softmaxRows(CudaTensor x, double factor, long out) {
    rows(
        "softmaxRows",
        x.rows(),
        x.rowSize(),
        new Arguments()
            .address(x.address())
            .address(out)
            .number((float) factor)
            .integer(x.rowSize()));
  }

  /**
   * The columns of {@code x} [N, parts*W] apart, [parts, N, W].
   *
   * @param rounds whether the result is bfloat16
   */
  void splitHeads(CudaTensor x, long out, boolean rounds, int parts, int width) {
    elements(
        "splitHeads",
        x.size(),
        new Arguments()
            .address(x.address())
            .address(rounds ? 0 : out)
            .address(rounds ? out : 0)
            .integer(x.rows())
            .integer(parts)
            .integer(width)
            .count(x.size()));
  }

  /** Undoes {@link #splitHeads} of 32-bit floats. */
  void joinHeads(long x, CudaTensor out, int parts, int width) {
    elements(
        "joinHeads",
        out.size(),
        new Arguments()
            .address(x)
            .address(out.address())
            .integer(out.rows())
            .integer(parts)
            .integer(width)
            .count(out.size()));
  }

  /** Rounds 32-bit floats to bfloat16. */
  void toBfloat16(long x, long count, long out) {
    elements("toBfloat16", count, new Arguments().address(x).address(out).count(count));
  }

  double sumOfSquares(CudaTensor x) {
    try (Scratch scratch = new Scratch(device)) {
      long ofBlocks = scratch.doubles(SUM_BLOCKS);
      device.launch(
          "sumOfSquares",
          SUM_BLOCKS,
          1,
          THREADS,
          new Arguments().address(x.address()).address(ofBlocks).count(x.size()));
      double sum = 0;
      for (double part : scratch.doublesAt(ofBlocks, SUM_BLOCKS)) {
        sum += part;
      }
      return sum;
    }
  }

  /** A kernel whose block is a row. */
  void rows(String kernel, int rows, int columns, Arguments arguments) {
    device.launch(kernel, rows, 1, threads(columns), arguments);
  }

  private void elements(String kernel, long count, Arguments arguments) {
    int blocks = (int) Math.min(MOST_BLOCKS, (count + THREADS - 1) / THREADS);
    device.launch(kernel, blocks, 1, THREADS, arguments);
  }

  /** A warp for 32 columns, up to all threads of a block. */
  private static int threads(int columns) {
    return Math.min(THREADS, (columns + 31) / 32 * 32);
  }

  @Override
  public void close() {
    rotaryInputs.close();
  }
}
