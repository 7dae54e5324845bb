package dev.terse.serve.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.serve.api.ApiException;
import dev.terse.serve.api.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * One request and its reply, on the thread that handles it. Reads and writes block; a client that
 * does neither for the idle time, or is not done at the deadline, loses its connection.
 *
 * <p>While a request is computed nothing is written to its client, so a hang-up would not show.
 * {@link #requireClient} therefore reads a byte off the socket: the end of the stream is a hang-up
 * (also of clients that close their sending half only). A client that sends the next request
 * already loses its connection after this reply, since that byte is gone.
 */
final class Exchange implements AutoCloseable {
  /** After the deadline, for the reply that says so. */
  private static final long GRACE_MILLIS = 2_000;

  private final Request request;
  private final Response response;
  private final int maxBody;
  private final Duration limit;
  private final long deadline;
  private final EndPoint endPoint;
  private final Scheduler.Task cut;
  private boolean streaming;
  private boolean pipelined;

  Exchange(Request request, Response response, int maxBody, Duration limit) {
    this.request = request;
    this.response = response;
    this.maxBody = maxBody;
    this.limit = limit;
    this.deadline = System.nanoTime() + limit.toNanos();
    this.endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    request.addIdleTimeoutListener(e -> false); // computing is not idling
    this.cut =
        request
            .getComponents()
            .getScheduler()
            .schedule(endPoint::close, limit.toMillis() + GRACE_MILLIS, TimeUnit.MILLISECONDS);
  }

  String method() {
    return request.getMethod();
  }

  String path() {
    return Request.getPathInContext(request);
  }

  String header(HttpHeader name) {
    return request.getHeaders().get(name);
  }

  /**
   * The fields of the body.
   *
   * @throws ApiException if it is too large or no JSON object
   */
  Fields fields() {
    String type = header(HttpHeader.CONTENT_TYPE);
    if (type == null || !type.split(";")[0].strip().equalsIgnoreCase("application/json")) {
      throw new ApiException(
          415,
          "invalid_request_error",
          null,
          null,
          "the body must be application/json, was " + (type == null ? "not named" : type));
    }
    long length = request.getLength();
    if (length > maxBody) {
      throw tooLarge();
    }
    try (InputStream in = Content.Source.asInputStream(request)) {
      byte[] body = in.readNBytes(maxBody + 1);
      if (body.length > maxBody) {
        throw tooLarge();
      }
      return Fields.of(body);
    } catch (IOException e) {
      throw new HungUpException();
    }
  }

  private ApiException tooLarge() {
    pipelined = true; // what is left of the body is not read
    return new ApiException(
        413,
        "invalid_request_error",
        null,
        "request_too_large",
        "the body must have at most " + maxBody + " bytes (max_body_bytes)");
  }

  /** Whether the reply has begun, so that its status cannot be changed. */
  boolean isStreaming() {
    return streaming;
  }

  /**
   * @throws HungUpException if the client has gone
   * @throws ApiException if the time of the request is over
   */
  void requireClient() {
    if (System.nanoTime() > deadline) {
      throw new ApiException(
          504,
          "timeout_error",
          null,
          "request_timeout",
          "the request took longer than " + limit.toSeconds() + " s (request_timeout)");
    }
    if (pipelined) {
      return;
    }
    try {
      int read = endPoint.fill(BufferUtil.allocate(1));
      if (read < 0 || !endPoint.isOpen()) {
        throw new HungUpException();
      }
      pipelined = read > 0;
    } catch (IOException e) {
      throw new HungUpException();
    }
  }

  /** A reply of JSON. */
  void json(int status, JsonNode json, Map<HttpHeader, String> headers) {
    headers.forEach((name, value) -> response.getHeaders().put(name, value));
    send(status, "application/json", json.toString());
  }

  /** A reply of JSON. */
  void json(JsonNode json) {
    json(200, json, Map.of());
  }

  /** A reply of text. */
  void send(int status, String type, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
    if (pipelined) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    write(true, bytes);
  }

  /** Begins a stream of events. */
  void startEvents() {
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
    streaming = true;
  }

  /** An event of JSON. */
  void event(JsonNode json) {
    write(false, ("data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Ends a stream that is whole. */
  void endEvents() {
    write(true, "data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
  }

  /** Ends a stream that is not whole. */
  void endEvents(ApiException error) {
    write(true, ("data: " + error.json() + "\n\n").getBytes(StandardCharsets.UTF_8));
  }

  private void write(boolean last, byte[] bytes) {
    try {
      Content.Sink.write(response, last, ByteBuffer.wrap(bytes));
    } catch (IOException e) {
      throw new HungUpException();
    }
  }

  /** The client that has sent the next request already is not answered that. */
  void endConnection() {
    if (pipelined && streaming) {
      endPoint.close();
    }
  }

  @Override
  public void close() {
    cut.cancel();
  }
}
