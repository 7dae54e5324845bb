package dev.terse.io.rows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import dev.terse.io.DataRows;
import dev.terse.io.JsonLines.BadRowException;
import dev.terse.io.Quote;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** The objects of a JSON array, or the lines of a CSV file with a header, one after another. */
final class ParsedRows implements DataRows {
  private final Path file;
  private final InputStream in;
  private final MappingIterator<JsonNode> rows;
  private int row;

  private ParsedRows(Path file, InputStream in, MappingIterator<JsonNode> rows) {
    this.file = file;
    this.in = in;
    this.rows = rows;
  }

  /** A file that begins with {@code [}. */
  static ParsedRows ofArray(Path file, InputStream in) throws IOException {
    return new ParsedRows(file, in, new ObjectMapper().readerFor(JsonNode.class).readValues(in));
  }

  /** A file whose first line names the columns; an empty field is null. */
  static ParsedRows ofCsv(Path file, InputStream in, char separator) throws IOException {
    CsvSchema header = CsvSchema.emptySchema().withHeader().withColumnSeparator(separator);
    CsvMapper mapper = CsvMapper.builder().enable(CsvParser.Feature.EMPTY_STRING_AS_NULL).build();
    return new ParsedRows(file, in, mapper.readerFor(JsonNode.class).with(header).readValues(in));
  }

  @Override
  public JsonNode next() throws IOException {
    row++;
    JsonNode next;
    try {
      if (!rows.hasNextValue()) {
        return null;
      }
      next = rows.nextValue();
    } catch (JsonProcessingException e) {
      String line = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
      throw bad("cannot be read: " + e.getOriginalMessage() + line);
    }
    if (!next.isObject()) {
      throw bad("expected an object, found " + Quote.cut(next.toString()));
    }
    return next;
  }

  @Override
  public String place() {
    return "row " + row;
  }

  @Override
  public BadRowException bad(String problem) {
    return new BadRowException(file + " " + place() + ": " + problem);
  }

  @Override
  public void close() throws IOException {
    rows.close();
    in.close();
  }
}
