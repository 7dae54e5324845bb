package dev.terse.serve.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A request that is answered with an error, in OpenAI's shape. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String type;
  private final String param;
  private final String code;

  /**
   * @param status of HTTP
   * @param type kind of error, such as invalid_request_error
   * @param param the key that it is about, or null
   * @param code what a program may look at, or null
   */
  public ApiException(int status, String type, String param, String code, String message) {
    super(message);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
  }

  /** A request that is wrong. */
  public static ApiException invalid(String param, String message) {
    return new ApiException(400, "invalid_request_error", param, null, message);
  }

  /** A request for more tokens than there is room. */
  public static ApiException tooLong(String param, String message) {
    return new ApiException(
        400, "invalid_request_error", param, "context_length_exceeded", message);
  }

  /** A fault of ours. */
  public static ApiException fault(String message) {
    return new ApiException(500, "server_error", null, null, message);
  }

  public int status() {
    return status;
  }

  /** {@code {"error": {"message", "type", "param", "code"}}}. */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.putObject("error")
        .put("message", getMessage())
        .put("type", type)
        .put("param", param)
        .put("code", code);
    return json;
  }
}
