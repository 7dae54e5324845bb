package dev.terse.io.rows;

import io.airlift.compress.Decompressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Unpacks the pages of a Parquet file, in Java alone. */
final class PageCodecs implements CompressionCodecFactory {
  private final Path file;

  PageCodecs(Path file) {
    this.file = file;
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return switch (codec) {
      case UNCOMPRESSED -> new Pages(packed -> packed);
      case SNAPPY -> new Pages(new SnappyDecompressor());
      case ZSTD -> new Pages(new ZstdDecompressor());
      case LZ4_RAW -> new Pages(new Lz4Decompressor());
      case GZIP ->
          new Pages(packed -> new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes());
      default ->
          throw new IllegalArgumentException(
              file
                  + " is packed by "
                  + codec
                  + ", which is not read; write it anew with snappy, zstd, gzip or lz4_raw");
    };
  }

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("Parquet files are read, never written");
  }

  @Override
  public void release() {}

  /** Unpacks the bytes of a page. */
  @FunctionalInterface
  private interface Unpacking {
    byte[] of(byte[] packed) throws IOException;
  }

  private static final class Pages implements BytesInputDecompressor {
    private final Unpacking unpacking; // null where the library's is used
    private final Decompressor decompressor;

    Pages(Unpacking unpacking) {
      this.unpacking = unpacking;
      this.decompressor = null;
    }

    Pages(Decompressor decompressor) {
      this.unpacking = null;
      this.decompressor = decompressor;
    }

    @Override
    public BytesInput decompress(BytesInput bytes, int size) throws IOException {
      return BytesInput.from(unpacked(bytes.toInputStream().readAllBytes(), size));
    }

    @Override
    public void decompress(ByteBuffer input, int packedSize, ByteBuffer output, int size)
        throws IOException {
      byte[] packed = new byte[packedSize];
      input.get(packed);
      output.put(unpacked(packed, size));
    }

    private byte[] unpacked(byte[] packed, int size) throws IOException {
      if (unpacking != null) {
        return unpacking.of(packed);
      }
      byte[] page = new byte[size];
      int length = decompressor.decompress(packed, 0, packed.length, page, 0, size);
      if (length != size) {
        throw new IOException("a page of " + length + " bytes where " + size + " were told");
      }
      return page;
    }

    @Override
    public void release() {}
  }
}
