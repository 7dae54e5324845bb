package dev.terse.serve.http;

import dev.terse.rollout.ContinuousBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What a server is told.
 *
 * @param host address that it listens on
 * @param port of it; 0 for any that is free
 * @param token what clients must show as bearer, or null for none
 * @param weightsFolder folder below which new weights may lie, or null for none
 * @param batch what decodes together
 * @param maxWaiting completions that may wait for a slot
 * @param maxLength most tokens of a prompt and its completion; the model's positions may be fewer
 * @param maxBodyBytes most bytes of a request
 * @param maxConnections most clients at once; more wait to be accepted
 * @param requestTimeout longest time of one request
 * @param idleTimeout longest time that a client neither sends nor takes a byte
 * @param stopTimeout how long a stop waits for what is in flight
 * @param templateVariables names for the chat template in every conversation
 * @param seed of requests that bring none; the n-th such request has its n-th child
 */
public record ServerSettings(
    String host,
    int port,
    String token,
    Path weightsFolder,
    ContinuousBatch.Limits batch,
    int maxWaiting,
    int maxLength,
    int maxBodyBytes,
    int maxConnections,
    Duration requestTimeout,
    Duration idleTimeout,
    Duration stopTimeout,
    Map<String, Object> templateVariables,
    long seed) {

  /** Completions that are decoded or wait, at most. */
  public int mostCompletions() {
    return batch.maxLive() + maxWaiting;
  }
}
