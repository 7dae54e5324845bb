package dev.terse.model.gguf;

import dev.terse.engine.Progress;
import dev.terse.io.AtomicFile;
import dev.terse.io.DiskSpace;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.safetensors.DType;
import dev.terse.model.safetensors.WeightSource;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.WeightShapes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A decoder with its tokenizer and chat template as one GGUF file that llama.cpp loads: the inverse
 * of {@link GgufModel}. All that can be wrong is found when it is made; {@link #write} goes through
 * the weights row by row and holds none of them.
 */
public final class GgufExport {

  /**
   * What the matrices are rounded to; vectors (norms, biases) have 32 bits in each, as llama.cpp
   * asks.
   */
  public enum Type {
    F32(GgmlType.F32, 0, Float.MAX_VALUE),
    F16(GgmlType.F16, 1, 65504),
    BF16(GgmlType.BF16, 32, 0x1.FEp127f),
    Q8_0(GgmlType.Q8_0, 7, 65504 * 127f),
    Q4_0(GgmlType.Q4_0, 2, 65504 * 8f);

    private final GgmlType ggml;
    private final int fileType; // llama_ftype
    private final float largest;

    Type(GgmlType ggml, int fileType, float largest) {
      this.ggml = ggml;
      this.fileType = fileType;
      this.largest = largest;
    }

    /** Whether numbers share a scale. */
    public boolean isQuantized() {
      return ggml.blockSize() > 1;
    }

    /** The type that keeps what is stored as {@code dtype}. */
    public static Type of(DType dtype) {
      return valueOf(dtype.name());
    }
  }

  private final WeightSource weights;
  private final DecoderConfig config;
  private final Type type;
  private final GgufShape shape;
  private final Map<String, String> folderNames = new LinkedHashMap<>(); // by name in the file
  private final List<String> notes = new ArrayList<>();
  private final GgufWriter writer;
  private final String begin;

  /**
   * Plans a file.
   *
   * @param weights under their Hugging Face names, all that {@code config} asks for; read by {@link
   *     #write}
   * @param template or null
   * @param name of the model, for people
   * @throws IllegalArgumentException if llama.cpp has no such decoder or no such tokenizer
   */
  public GgufExport(
      WeightSource weights,
      DecoderConfig config,
      Tokenizer tokenizer,
      ChatTemplate template,
      String name,
      Type type) {
    this.weights = weights;
    this.config = config;
    this.type = type;
    this.shape = GgufShape.of(config);
    GgufVocabulary vocabulary = new GgufVocabulary(tokenizer, config.vocabSize());
    List<GgufHeader.Entry> tensors = plan();
    Map<String, GgufHeader.Entry> byName = new LinkedHashMap<>();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
    shape.requireReadAs(config, byName);
    notes.addAll(vocabulary.notes());
    this.begin = vocabulary.begin();
    Map<String, Object> metadata = new LinkedHashMap<>(shape.metadata());
    metadata.put("general.type", "model");
    metadata.put("general.name", name);
    metadata.put("general.file_type", type.fileType);
    metadata.put("general.quantization_version", 2);
    metadata.putAll(vocabulary.metadata());
    if (template != null) {
      metadata.put("tokenizer.chat_template", template.source());
    }
    this.writer = new GgufWriter(metadata, tensors);
  }

  /** Bytes of the file. */
  public long bytes() {
    return writer.bytes();
  }

  /** Numbers that {@link #write} will tell its progress of. */
  public long numbers() {
    return writer.tensors().stream().mapToLong(GgufHeader.Entry::elements).sum();
  }

  /** Text of the token that the file has put in front of each prompt; or empty. */
  public String begin() {
    return begin;
  }

  /** Sentences on what the file cannot say of the model, and on tensors of another type. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** The tensors in the order of the forward pass; offsets come later. */
  private List<GgufHeader.Entry> plan() {
    Map<String, int[]> shapes = WeightShapes.of(config);
    String head = config.tiedHead() ? TensorNames.EMBEDDING : TensorNames.HEAD;
    List<GgufHeader.Entry> tensors = new ArrayList<>();
    List<String> whole = new ArrayList<>();
    if (shape.ropeFactors() != null) {
      int[] length = {shape.ropeFactors().length};
      tensors.add(new GgufHeader.Entry(TensorNames.ROPE_FACTORS, length, GgmlType.F32, 0));
    }
    TensorNames.possible(config.layers())
        .forEach(
            (inFolder, inFile) -> {
              int[] axes = shapes.get(inFolder);
              if (axes == null) {
                return;
              }
              folderNames.put(inFile, inFolder);
              // The head decides between tokens: llama-quantize gives it more bits too.
              Type wanted = type == Type.Q4_0 && inFile.equals(head) ? Type.Q8_0 : type;
              GgmlType ggml = axes.length == 1 ? GgmlType.F32 : wanted.ggml;
              if (axes[axes.length - 1] % ggml.blockSize() != 0) {
                ggml = GgmlType.F16;
                whole.add(inFile);
              }
              tensors.add(new GgufHeader.Entry(inFile, axes, ggml, 0));
            });
    if (!whole.isEmpty()) {
      notes.add(
          whole.size()
              + " tensors are F16: their rows are no whole blocks of "
              + type.ggml.blockSize()
              + " numbers, the first is "
              + whole.get(0));
    }
    return tensors;
  }

  /**
   * Writes the file, whole or not at all.
   *
   * @param progress hears of numbers written
   * @throws IllegalArgumentException if a weight is no number or too large for the type
   * @throws java.io.UncheckedIOException naming the file that cannot be read or written
   */
  public void write(Path file, Progress progress) {
    AtomicFile.write(
        file,
        channel -> {
          DiskSpace.require(file.toAbsolutePath().getParent(), bytes());
          writer.writeTo(channel, (to, tensor) -> writeTensor(to, tensor, progress));
        });
  }

  private void writeTensor(FileChannel channel, GgufHeader.Entry tensor, Progress progress)
      throws IOException {
    int rows = tensor.shape()[0];
    int columns = (int) (tensor.elements() / rows);
    GgmlType ggml = tensor.type();
    int atOnce = Math.max(1, Math.min(rows, WeightSource.PIECE / columns));
    float[] piece = new float[atOnce * columns];
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(piece.length / ggml.blockSize() * ggml.blockBytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < rows; row += atOnce) {
      int count = Math.min(atOnce, rows - row);
      readRows(tensor, row, count, columns, piece);
      requireInside(tensor, piece, count * columns);
      ggml.pack(piece, count * columns / ggml.blockSize(), bytes.clear());
      AtomicFile.writeFully(channel, bytes.flip());
      progress.advance((long) count * columns);
    }
  }

  private void readRows(GgufHeader.Entry tensor, int row, int count, int columns, float[] piece) {
    if (tensor.name().equals(TensorNames.ROPE_FACTORS)) {
      System.arraycopy(shape.ropeFactors(), row, piece, 0, count);
      return;
    }
    String name = folderNames.get(tensor.name());
    RowOrder order =
        RowOrder.of(
            GgufShape.architecture(config),
            config.attention().heads(),
            config.attention().kvHeads(),
            tensor);
    if (order.isPlain()) {
      weights.read(name, (long) row * columns, piece, 0, count * columns);
      return;
    }
    for (int i = 0; i < count; i++) {
      weights.read(name, (long) order.inFolder(row + i) * columns, piece, i * columns, columns);
    }
  }

  private void requireInside(GgufHeader.Entry tensor, float[] piece, int count) {
    float largest = tensor.type() == GgmlType.F32 ? Float.MAX_VALUE : type.largest;
    for (int i = 0; i < count; i++) {
      if (!(Math.abs(piece[i]) <= largest)) {
        throw new IllegalArgumentException(
            weights.description()
                + ": '"
                + folderNames.get(tensor.name())
                + "' holds "
                + piece[i]
                + (Float.isFinite(piece[i])
                    ? ", " + tensor.type() + " goes to " + largest + ": take bfloat16 or float32"
                    : ", which is no number: the model is damaged"));
      }
    }
  }
}
