package dev.terse.serve;

import dev.terse.model.folder.ModelFolder;
import dev.terse.serve.http.HttpApi;
import dev.terse.serve.http.JsonErrors;
import dev.terse.serve.http.ServerSettings;
import dev.terse.serve.model.ModelWorker;
import dev.terse.serve.model.Models;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A running server: models, the thread that computes with them, and the network before them. */
public final class ModelServer implements AutoCloseable {
  /** Threads beside those of the clients: who accepts, who selects, who keeps time. */
  private static final int OWN_THREADS = 12;

  private final Server http;
  private final int port;
  private final ModelWorker worker;

  private ModelServer(Server http, int port, ModelWorker worker) {
    this.http = http;
    this.port = port;
    this.worker = worker;
  }

  /**
   * Loads models and listens.
   *
   * @param models by their names; the first answers where none is named
   * @param loader reads a model; called on the thread that computes
   * @throws IllegalArgumentException if one is no model
   * @throws IOException if the address cannot be listened on
   */
  public static ModelServer start(
      ServerSettings settings, Map<String, Path> models, Function<Path, ModelFolder> loader)
      throws IOException {
    ModelWorker worker = new ModelWorker(settings.batch());
    try {
      Models loaded = new Models(worker, loader, settings.templateVariables());
      models.forEach(loaded::put);
      return listen(settings, loaded, worker);
    } catch (IOException | RuntimeException e) {
      worker.close();
      throw e;
    }
  }

  private static ModelServer listen(ServerSettings settings, Models models, ModelWorker worker)
      throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(settings.maxConnections() + OWN_THREADS);
    threads.setName("http");
    threads.setReservedThreads(0);
    Server http = new Server(threads);
    HttpConfiguration rules = new HttpConfiguration();
    rules.setSendServerVersion(false);
    ServerConnector connector = new ServerConnector(http, 1, 1, new HttpConnectionFactory(rules));
    connector.setHost(settings.host());
    connector.setPort(settings.port());
    connector.setIdleTimeout(settings.idleTimeout().toMillis());
    http.addConnector(connector);
    http.addBean(new NetworkConnectionLimit(settings.maxConnections(), connector));
    http.setErrorHandler(new JsonErrors());
    http.setHandler(new GracefulHandler(new HttpApi(settings, models, worker)));
    http.setStopTimeout(settings.stopTimeout().toMillis());
    try {
      http.start();
    } catch (Exception e) { // Jetty's start declares nothing narrower
      stop(http);
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "cannot listen on " + settings.host() + ":" + settings.port() + ": " + cause.getMessage(),
          e);
    }
    return new ModelServer(http, connector.getLocalPort(), worker);
  }

  /** The port that it listens on. */
  public int port() {
    return port;
  }

  /** Waits until it has been stopped. */
  public void join() throws InterruptedException {
    http.join();
  }

  /** Takes no more requests, waits for those in flight as long as it may, and closes the models. */
  @Override
  public void close() {
    stop(http);
    worker.close();
  }

  private static void stop(Server http) {
    try {
      http.stop();
    } catch (Exception e) { // the same; the rest is stopped all the same
      http.destroy();
    }
  }
}
