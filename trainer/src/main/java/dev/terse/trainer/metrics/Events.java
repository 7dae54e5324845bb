package dev.terse.trainer.metrics;

import java.util.Map;

/**
 * TensorBoard's Event messages (tensorflow/core/util/event.proto, framework/summary.proto,
 * tensorboard/plugins/hparams/plugin_data.proto). Field numbers are those of the .proto files.
 */
final class Events {
  private static final int DT_FLOAT = 1;
  private static final int DT_STRING = 7;
  private static final int SESSION_LOG_START = 1;
  private static final int STATUS_SUCCESS = 1;

  private Events() {}

  /** The first event of a file. */
  static ProtoMessage fileVersion(double wallTime) {
    return new ProtoMessage().float64(1, wallTime).string(3, "brain.Event:2");
  }

  /** Tells readers that a run went on at {@code step}: what they hold from there on is void. */
  static ProtoMessage restart(double wallTime, long step) {
    return new ProtoMessage()
        .float64(1, wallTime)
        .integer(2, step)
        .message(7, new ProtoMessage().integer(1, SESSION_LOG_START));
  }

  static ProtoMessage scalars(double wallTime, long step, Map<String, Double> values) {
    ProtoMessage summary = new ProtoMessage();
    values.forEach(
        (tag, value) ->
            summary.message(1, new ProtoMessage().string(1, tag).float32(2, value.floatValue())));
    return event(wallTime, step, summary);
  }

  static ProtoMessage histogram(double wallTime, long step, String tag, ProtoMessage histogram) {
    return event(wallTime, step, value(new ProtoMessage().string(1, tag).message(5, histogram)));
  }

  static ProtoMessage text(double wallTime, long step, String tag, String markdown) {
    ProtoMessage shape = new ProtoMessage().message(2, new ProtoMessage().integer(1, 1));
    ProtoMessage tensor =
        new ProtoMessage().integer(1, DT_STRING).message(2, shape).string(8, markdown);
    ProtoMessage summaryValue =
        new ProtoMessage()
            .string(1, tag + "/text_summary")
            .message(8, tensor)
            .message(9, plugin("text", new ProtoMessage()));
    return event(wallTime, step, value(summaryValue));
  }

  /** Names and kinds of the hyper-parameters, and the metrics that the table shows beside them. */
  static ProtoMessage experiment(double wallTime, Map<String, Object> config, String... metrics) {
    ProtoMessage experiment = new ProtoMessage().float64(3, wallTime);
    config.forEach(
        (name, value) ->
            experiment.message(4, new ProtoMessage().string(1, name).integer(4, kindOf(value))));
    for (String metric : metrics) {
      experiment.message(5, new ProtoMessage().message(1, new ProtoMessage().string(2, metric)));
    }
    return hparams(wallTime, "_hparams_/experiment", 2, experiment);
  }

  static ProtoMessage sessionStart(double wallTime, Map<String, Object> config) {
    ProtoMessage start = new ProtoMessage();
    config.forEach(
        (name, value) ->
            start.message(1, new ProtoMessage().string(1, name).message(2, protoValue(value))));
    return hparams(wallTime, "_hparams_/session_start_info", 3, start.float64(5, wallTime));
  }

  static ProtoMessage sessionEnd(double wallTime) {
    ProtoMessage end = new ProtoMessage().integer(1, STATUS_SUCCESS).float64(2, wallTime);
    return hparams(wallTime, "_hparams_/session_end_info", 4, end);
  }

  private static ProtoMessage hparams(double wallTime, String tag, int field, ProtoMessage data) {
    ProtoMessage noTensor = new ProtoMessage().integer(1, DT_FLOAT).message(2, new ProtoMessage());
    ProtoMessage summaryValue =
        new ProtoMessage()
            .string(1, tag)
            .message(8, noTensor)
            .message(9, plugin("hparams", new ProtoMessage().integer(1, 0).message(field, data)));
    return event(wallTime, 0, value(summaryValue));
  }

  private static ProtoMessage plugin(String name, ProtoMessage content) {
    return new ProtoMessage().message(1, new ProtoMessage().string(1, name).message(2, content));
  }

  private static ProtoMessage value(ProtoMessage value) {
    return new ProtoMessage().message(1, value);
  }

  private static ProtoMessage event(double wallTime, long step, ProtoMessage summary) {
    return new ProtoMessage().float64(1, wallTime).integer(2, step).message(5, summary);
  }

  /** DataType of hparams: 1 string, 2 bool, 3 float64. */
  private static int kindOf(Object value) {
    return value instanceof Boolean ? 2 : value instanceof Number ? 3 : 1;
  }

  /** google.protobuf.Value. */
  private static ProtoMessage protoValue(Object value) {
    if (value instanceof Boolean flag) {
      return new ProtoMessage().integer(4, flag ? 1 : 0);
    }
    if (value instanceof Number number) {
      return new ProtoMessage().float64(2, number.doubleValue());
    }
    return new ProtoMessage().string(3, String.valueOf(value));
  }
}
