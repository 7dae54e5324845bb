package dev.terse.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** One JSON line that a case prints for {@code bench/peers.py}. */
final class ResultLine {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Object> facts = new LinkedHashMap<>();

  ResultLine(String name, ComputeType dtype) {
    facts.put("peer", name);
    facts.put("dtype", dtype.label());
  }

  ResultLine with(String key, Object value) {
    facts.put(key, value instanceof Double number ? Math.round(1e4 * number) / 1e4 : value);
    return this;
  }

  void print() throws JsonProcessingException {
    System.out.println(JSON.writeValueAsString(facts));
  }
}
