package dev.terse.io.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.Type;

/** Parquet's records as JSON: structs, lists and maps as such, what is not there as null. */
final class ParquetJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ParquetJson() {}

  static ObjectNode object(Group group, GroupType type) {
    ObjectNode object = JSON.objectNode();
    for (int field = 0; field < type.getFieldCount(); field++) {
      object.set(type.getFieldName(field), field(group, type.getType(field), field));
    }
    return object;
  }

  private static JsonNode field(Group group, Type type, int field) {
    int count = group.getFieldRepetitionCount(field);
    if (type.isRepetition(Type.Repetition.REPEATED)) {
      ArrayNode items = JSON.arrayNode();
      for (int i = 0; i < count; i++) {
        items.add(value(group, type, field, i));
      }
      return items;
    }
    return count == 0 ? JSON.nullNode() : value(group, type, field, 0);
  }

  private static JsonNode value(Group group, Type type, int field, int index) {
    if (type.isPrimitive()) {
      return primitive(group, type, field, index);
    }
    Group inner = group.getGroup(field, index);
    GroupType innerType = type.asGroupType();
    LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
    if (logical instanceof ListLogicalTypeAnnotation) {
      return list(inner, innerType);
    }
    if (logical instanceof MapLogicalTypeAnnotation) {
      return map(inner, innerType);
    }
    return object(inner, innerType);
  }

  /** A list is a repeated group of one element, or in old files the repeated element itself. */
  private static ArrayNode list(Group list, GroupType type) {
    ArrayNode items = JSON.arrayNode();
    Type repeated = type.getType(0);
    for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
      boolean wrapped = !repeated.isPrimitive() && repeated.asGroupType().getFieldCount() == 1;
      items.add(
          wrapped
              ? field(list.getGroup(0, i), repeated.asGroupType().getType(0), 0)
              : value(list, repeated, 0, i));
    }
    return items;
  }

  private static ObjectNode map(Group map, GroupType type) {
    ObjectNode object = JSON.objectNode();
    GroupType entry = type.getType(0).asGroupType();
    for (int i = 0; i < map.getFieldRepetitionCount(0); i++) {
      Group pair = map.getGroup(0, i);
      object.set(field(pair, entry.getType(0), 0).asText(), field(pair, entry.getType(1), 1));
    }
    return object;
  }

  private static JsonNode primitive(Group group, Type type, int field, int index) {
    LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
    return switch (type.asPrimitiveType().getPrimitiveTypeName()) {
      case BOOLEAN -> JSON.booleanNode(group.getBoolean(field, index));
      case INT32 -> number(group.getInteger(field, index), logical);
      case INT64 -> number(group.getLong(field, index), logical);
      case FLOAT -> JSON.numberNode(group.getFloat(field, index));
      case DOUBLE -> JSON.numberNode(group.getDouble(field, index));
      case BINARY, FIXED_LEN_BYTE_ARRAY -> bytes(group.getBinary(field, index), logical);
      case INT96 -> JSON.textNode(group.getInt96(field, index).toString());
    };
  }

  private static JsonNode number(long value, LogicalTypeAnnotation logical) {
    return logical instanceof DecimalLogicalTypeAnnotation decimal
        ? JSON.numberNode(BigDecimal.valueOf(value, decimal.getScale()))
        : JSON.numberNode(value);
  }

  private static JsonNode bytes(Binary value, LogicalTypeAnnotation logical) {
    return logical instanceof DecimalLogicalTypeAnnotation decimal
        ? JSON.numberNode(new BigDecimal(new BigInteger(value.getBytes()), decimal.getScale()))
        : JSON.textNode(value.toStringUsingUTF8());
  }
}
