package dev.terse.serve.model;

/** A model that is not closed while this is open. */
public record Lease(ServedModel model) implements AutoCloseable {
  @Override
  public void close() {
    model.letGo();
  }
}
