package dev.terse.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** One JSON line that a case prints for {@code bench/peers.py}. */
final class ResultLine {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Object> facts = new LinkedHashMap<>();

  ResultLine(String name, String dtype) {
    facts.put("peer", name);
    facts.put("dtype", dtype);
  }

  ResultLine with(String key, Object value) {
    facts.put(key, value instanceof Double number ? Math.round(1e4 * number) / 1e4 : value);
    return this;
  }

  /** Prints it, the peak memory of this process at its end. */
  void print() throws IOException {
    with("peak_gb", ProcessMemory.peakGb());
    System.out.println(text());
  }

  private String text() throws JsonProcessingException {
    return JSON.writeValueAsString(facts);
  }
}
