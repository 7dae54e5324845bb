package dev.terse.io.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * A Parquet file, read by row group. Of a group the columns that are asked for are in memory, as
 * they lie in the file, and the rows that were made of them.
 */
final class ParquetFile implements RowBlocks {
  private final Path file;
  private final ParquetFileReader reader;
  private final MessageType schema;

  /**
   * Opens a file.
   *
   * @param columns to read; empty, or none of them there: all
   * @throws IllegalArgumentException if it is no Parquet file
   */
  ParquetFile(Path file, Set<String> columns) throws IOException {
    this.file = file;
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new PageCodecs(file))
            .build();
    try {
      reader = ParquetFileReader.open(new LocalInputFile(file), options);
    } catch (RuntimeException e) { // the border to the library: its errors are of any type
      throw new IllegalArgumentException(file + " cannot be read as Parquet: " + e.getMessage(), e);
    }
    MessageType all = reader.getFileMetaData().getSchema();
    List<Type> wanted =
        all.getFields().stream().filter(f -> columns.contains(f.getName())).toList();
    schema = wanted.isEmpty() ? all : new MessageType(all.getName(), wanted);
    reader.setRequestedSchema(schema);
  }

  @Override
  public int count() {
    return reader.getRowGroups().size();
  }

  @Override
  public int rows(int block) {
    return Math.toIntExact(reader.getRowGroups().get(block).getRowCount());
  }

  @Override
  public List<JsonNode> read(int block) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    try (PageReadStore pages = reader.readRowGroup(block)) {
      MessageColumnIO columns = new ColumnIOFactory().getColumnIO(schema);
      RecordReader<Group> records =
          columns.getRecordReader(pages, new GroupRecordConverter(schema));
      for (int row = 0; row < rows(block); row++) {
        rows.add(ParquetJson.object(records.read(), schema));
      }
    } catch (RuntimeException e) { // the same border
      throw new IOException(
          file + " row group " + block + " cannot be read as Parquet: " + e.getMessage(), e);
    }
    return rows;
  }

  @Override
  public String place(int block, int row) {
    int before = 0;
    for (int b = 0; b < block; b++) {
      before += rows(b);
    }
    return "row " + (before + row + 1);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
