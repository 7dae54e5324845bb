package dev.terse.serve.http;

import dev.terse.serve.api.ApiException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Errors before a request reaches its endpoint, in OpenAI's shape too. */
public final class JsonErrors extends ErrorHandler {
  private static final HttpField JSON = new HttpField(HttpHeader.CONTENT_TYPE, "application/json");

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      String message,
      Throwable cause,
      Callback callback) {
    response.getHeaders().put(JSON);
    response.write(true, body(code, message), callback);
  }

  private static ByteBuffer body(int status, String message) {
    ApiException error =
        new ApiException(
            status,
            status < 500 ? "invalid_request_error" : "server_error",
            null,
            null,
            message == null ? "status " + status : message);
    return ByteBuffer.wrap(error.json().toString().getBytes(StandardCharsets.UTF_8));
  }
}
