package dev.terse.bench;

import dev.terse.engine.Engine;
import dev.terse.engine.KvCache;
import dev.terse.engine.Qkv;
import dev.terse.engine.Segments;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Set;

/**
 * An engine that times every operation of another one, those of its key-value caches too. A dynamic
 * proxy, so that it serves every operation that {@link Engine} has or will have, and calls exactly
 * what the model calls (a default method is not taken apart).
 */
final class TimedEngine implements InvocationHandler {
  /** Not work of the model: their cost shows as time outside the engine. */
  private static final Set<String> NOT_TIMED =
      Set.of("description", "numberBytes", "roundsWeights", "allocate", "arena", "close");

  private final Engine inner;
  private final Profile profile;
  private final ComputeType dtype;

  private TimedEngine(Engine inner, Profile profile, ComputeType dtype) {
    this.inner = inner;
    this.profile = profile;
    this.dtype = dtype;
  }

  /**
   * @param inner does the work; still the caller's
   * @param profile where the times go
   * @param dtype of its matmuls
   */
  static Engine around(Engine inner, Profile profile, ComputeType dtype) {
    return proxy(Engine.class, new TimedEngine(inner, profile, dtype));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
    String name = method.getName();
    if (method.getDeclaringClass() == Object.class || NOT_TIMED.contains(name)) {
      return call(inner, method, args);
    }
    Profile.Moment start = Profile.Moment.now();
    Object result = call(inner, method, args);
    profile.add(OperationCost.of(name, args, dtype.weightBytes()), start, Profile.Moment.now());
    return result instanceof KvCache cache
        ? proxy(KvCache.class, new TimedCache(cache, profile))
        : result;
  }

  /** The same for a cache; its prompt lengths tell what is shared. */
  private static final class TimedCache implements InvocationHandler {
    private final KvCache inner;
    private final Profile profile;
    private int sharedPrompt;

    TimedCache(KvCache inner, Profile profile) {
      this.inner = inner;
      this.profile = profile;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
      String name = method.getName();
      if (name.equals("positions") || method.getDeclaringClass() == Object.class) {
        return call(inner, method, args);
      }
      OperationCost cost = cost(name, args);
      Profile.Moment start = Profile.Moment.now();
      Object result = call(inner, method, args);
      profile.add(cost, start, Profile.Moment.now());
      return result;
    }

    private OperationCost cost(String name, Object[] args) {
      if (name.equals("attend")) {
        return OperationCost.attend((Qkv<?>) args[1], inner.positions(), sharedPrompt);
      }
      if (name.equals("putPrompts")) {
        Segments prompts = (Segments) args[3];
        // The bytes of attend are right for one shared prompt, and too few for several.
        sharedPrompt = prompts.length(0);
      }
      return new OperationCost(OperationCost.CACHED_ATTENTION, "KvCache." + name, 0, 0);
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static Object call(Object target, Method method, Object[] args) throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(
          "cannot call " + method + " with " + Arrays.toString(args), e);
    }
  }
}
