package dev.terse.serve.http;

import dev.terse.serve.api.ApiException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Who may ask. With a token: who shows it. Without one the server listens on loopback only, and a
 * request must name it by a loopback name: a page of a stranger, opened in a browser of this
 * machine, can lead its own name here, but cannot change what the browser says.
 */
final class Guard {
  private static final String BEARER = "Bearer ";
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  /** Places that tell nothing of models and requests. */
  private static final Set<String> OPEN = Set.of("/health", "/");

  private final ServerSettings settings;

  Guard(ServerSettings settings) {
    this.settings = settings;
  }

  /**
   * @throws ApiException 401 or 403
   */
  void check(Exchange exchange) {
    if (settings.token() == null) {
      String host = exchange.header(HttpHeader.HOST);
      if (host == null || !LOOPBACK.contains(new HostPortHttpField(host).getHost())) {
        throw new ApiException(
            403,
            "permission_error",
            null,
            null,
            "a server without a token is asked by the names of this machine: "
                + "http://localhost or http://127.0.0.1");
      }
      return;
    }
    String shown = exchange.header(HttpHeader.AUTHORIZATION);
    if (!OPEN.contains(exchange.path())
        && (shown == null
            || !shown.startsWith(BEARER)
            || !MessageDigest.isEqual(
                shown.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8),
                settings.token().getBytes(StandardCharsets.UTF_8)))) {
      throw new ApiException(
          401,
          "authentication_error",
          null,
          "invalid_api_key",
          "this server wants its token: Authorization: Bearer TOKEN");
    }
  }
}
