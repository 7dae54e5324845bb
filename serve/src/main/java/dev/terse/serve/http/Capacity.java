package dev.terse.serve.http;

import dev.terse.serve.api.ApiException;

/** Places for completions, decoding or waiting: who finds none is told to come back. */
final class Capacity {
  private final int most;
  private int taken;

  Capacity(int most) {
    this.most = most;
  }

  /**
   * Takes places, which the caller gives back.
   *
   * @throws ApiException 429 if there are not so many
   */
  synchronized void take(int count) {
    if (taken + count > most) {
      throw new ApiException(
          429,
          "rate_limit_error",
          null,
          "server_busy",
          "all places for completions are taken: "
              + taken
              + " of "
              + most
              + " (max_live and max_waiting), this request needs "
              + count
              + "; try again");
    }
    taken += count;
  }

  synchronized void free(int count) {
    taken -= count;
  }

  synchronized int taken() {
    return taken;
  }
}
