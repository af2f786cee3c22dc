#include "odbc/catalog_shapes.h"

#include "protocol/bytes.h"

namespace selkie::odbc {
namespace {

// The servers' names have at most 64 characters; GRANTEE is a quoted user at a quoted host.
constexpr std::uint16_t kName = 64, kTypeName = 64, kGrantee = 385, kRemarks = 2048, kExpression = 4096;

constexpr ShapeColumn name(std::string_view column) { return {column, ShapeColumn::Type::varchar, true, kName}; }
constexpr ShapeColumn text(std::string_view column, std::uint16_t characters = kName) {
  return {column, ShapeColumn::Type::varchar, false, characters};
}
constexpr ShapeColumn text_nn(std::string_view column, std::uint16_t characters) {
  return {column, ShapeColumn::Type::varchar, true, characters};
}
constexpr ShapeColumn small(std::string_view column) { return {column, ShapeColumn::Type::smallint}; }
constexpr ShapeColumn small_nn(std::string_view column) { return {column, ShapeColumn::Type::smallint, true}; }
constexpr ShapeColumn integer(std::string_view column) { return {column, ShapeColumn::Type::integer}; }
constexpr ShapeColumn integer_nn(std::string_view column) { return {column, ShapeColumn::Type::integer, true}; }

constexpr ShapeColumn kTables[] = {text("TABLE_CAT"), text("TABLE_SCHEM"), text("TABLE_NAME"), text("TABLE_TYPE"),
                                   text("REMARKS", kRemarks)};

constexpr ShapeColumn kColumns[] = {text("TABLE_CAT"),
                                    text("TABLE_SCHEM"),
                                    name("TABLE_NAME"),
                                    name("COLUMN_NAME"),
                                    small_nn("DATA_TYPE"),
                                    text_nn("TYPE_NAME", kTypeName),
                                    integer("COLUMN_SIZE"),
                                    integer("BUFFER_LENGTH"),
                                    small("DECIMAL_DIGITS"),
                                    small("NUM_PREC_RADIX"),
                                    small_nn("NULLABLE"),
                                    text("REMARKS", kRemarks),
                                    text("COLUMN_DEF", kExpression),
                                    small_nn("SQL_DATA_TYPE"),
                                    small("SQL_DATETIME_SUB"),
                                    integer("CHAR_OCTET_LENGTH"),
                                    integer_nn("ORDINAL_POSITION"),
                                    text("IS_NULLABLE", 3)};

constexpr ShapeColumn kPrimaryKeys[] = {text("TABLE_CAT"),   text("TABLE_SCHEM"), name("TABLE_NAME"),
                                        name("COLUMN_NAME"), small_nn("KEY_SEQ"), text("PK_NAME")};

constexpr ShapeColumn kStatistics[] = {text("TABLE_CAT"),       text("TABLE_SCHEM"),       name("TABLE_NAME"),
                                       small("NON_UNIQUE"),     text("INDEX_QUALIFIER"),   text("INDEX_NAME"),
                                       small_nn("TYPE"),        small("ORDINAL_POSITION"), text("COLUMN_NAME", kExpression),
                                       text("ASC_OR_DESC", 1),  integer("CARDINALITY"),    integer("PAGES"),
                                       text("FILTER_CONDITION")};

constexpr ShapeColumn kForeignKeys[] = {text("PKTABLE_CAT"), text("PKTABLE_SCHEM"), name("PKTABLE_NAME"), name("PKCOLUMN_NAME"),
                                        text("FKTABLE_CAT"), text("FKTABLE_SCHEM"), name("FKTABLE_NAME"), name("FKCOLUMN_NAME"),
                                        small_nn("KEY_SEQ"), small("UPDATE_RULE"),  small("DELETE_RULE"), text("FK_NAME"),
                                        text("PK_NAME"),     small("DEFERRABILITY")};

constexpr ShapeColumn kSpecialColumns[] = {
    small("SCOPE"),         name("COLUMN_NAME"),      small_nn("DATA_TYPE"),   text_nn("TYPE_NAME", kTypeName),
    integer("COLUMN_SIZE"), integer("BUFFER_LENGTH"), small("DECIMAL_DIGITS"), small("PSEUDO_COLUMN")};

constexpr ShapeColumn kProcedures[] = {text("PROCEDURE_CAT"),       text("PROCEDURE_SCHEM"),      name("PROCEDURE_NAME"),
                                       integer("NUM_INPUT_PARAMS"), integer("NUM_OUTPUT_PARAMS"), integer("NUM_RESULT_SETS"),
                                       text("REMARKS", kRemarks),   small("PROCEDURE_TYPE")};

constexpr ShapeColumn kProcedureColumns[] = {
    text("PROCEDURE_CAT"),        text("PROCEDURE_SCHEM"),         name("PROCEDURE_NAME"),          name("COLUMN_NAME"),
    small_nn("COLUMN_TYPE"),      small_nn("DATA_TYPE"),           text_nn("TYPE_NAME", kTypeName), integer("COLUMN_SIZE"),
    integer("BUFFER_LENGTH"),     small("DECIMAL_DIGITS"),         small("NUM_PREC_RADIX"),         small_nn("NULLABLE"),
    text("REMARKS", kRemarks),    text("COLUMN_DEF", kExpression), small_nn("SQL_DATA_TYPE"),       small("SQL_DATETIME_SUB"),
    integer("CHAR_OCTET_LENGTH"), integer_nn("ORDINAL_POSITION"),  text("IS_NULLABLE", 3)};

constexpr ShapeColumn kTablePrivileges[] = {
    text("TABLE_CAT"),         text("TABLE_SCHEM"),          name("TABLE_NAME"),
    text("GRANTOR", kGrantee), text_nn("GRANTEE", kGrantee), text_nn("PRIVILEGE", kName),
    text("IS_GRANTABLE", 3)};

constexpr ShapeColumn kColumnPrivileges[] = {
    text("TABLE_CAT"),         text("TABLE_SCHEM"),          name("TABLE_NAME"),          name("COLUMN_NAME"),
    text("GRANTOR", kGrantee), text_nn("GRANTEE", kGrantee), text_nn("PRIVILEGE", kName), text("IS_GRANTABLE", 3)};

constexpr ShapeColumn kTypeInfo[] = {
    text_nn("TYPE_NAME", kTypeName), small_nn("DATA_TYPE"),       integer("COLUMN_SIZE"),       text("LITERAL_PREFIX"),
    text("LITERAL_SUFFIX"),          text("CREATE_PARAMS"),       small_nn("NULLABLE"),         small_nn("CASE_SENSITIVE"),
    small_nn("SEARCHABLE"),          small("UNSIGNED_ATTRIBUTE"), small_nn("FIXED_PREC_SCALE"), small("AUTO_UNIQUE_VALUE"),
    text("LOCAL_TYPE_NAME"),         small("MINIMUM_SCALE"),      small("MAXIMUM_SCALE"),       small_nn("SQL_DATA_TYPE"),
    small("SQL_DATETIME_SUB"),       integer("NUM_PREC_RADIX"),   small("INTERVAL_PRECISION")};

// How the wire writes each type.
struct WireShape {
  protocol::WireType type;
  std::uint16_t charset;
  std::uint32_t length;
};
WireShape wire_shape(const ShapeColumn& column) {
  switch (column.type) {
    case ShapeColumn::Type::smallint: return {protocol::WireType::short_, protocol::kBinaryCharset, 6};
    case ShapeColumn::Type::integer: return {protocol::WireType::long_, protocol::kBinaryCharset, 11};
    case ShapeColumn::Type::varchar: break;
  }
  return {protocol::WireType::var_string, protocol::kUtf8mb4, std::uint32_t{column.characters} * protocol::kUtf8mb4Bytes};
}

}  // namespace

const Shape kTablesShape = kTables, kColumnsShape = kColumns, kPrimaryKeysShape = kPrimaryKeys, kStatisticsShape = kStatistics,
            kForeignKeysShape = kForeignKeys, kSpecialColumnsShape = kSpecialColumns, kProceduresShape = kProcedures,
            kProcedureColumnsShape = kProcedureColumns, kTablePrivilegesShape = kTablePrivileges,
            kColumnPrivilegesShape = kColumnPrivileges, kTypeInfoShape = kTypeInfo;

protocol::ColumnSetPtr column_set(Shape shape) {
  protocol::ColumnSetBuilder builder;
  builder.begin(shape.size(), false, nullptr);
  protocol::ByteWriter packet;
  for (const ShapeColumn& column : shape) {
    const WireShape wire = wire_shape(column);
    packet.clear();
    packet.lenenc_text("def");
    packet.lenenc_text("");  // schema, table, original table
    packet.lenenc_text("");
    packet.lenenc_text("");
    packet.lenenc_text(column.name);
    packet.lenenc_text("");  // original name
    packet.lenenc(12);       // bytes of what follows
    packet.u16(wire.charset);
    packet.u32(wire.length);
    packet.u8(static_cast<std::uint8_t>(wire.type));
    packet.u16(column.not_null ? protocol::column_flag::kNotNull : std::uint16_t{0});
    packet.u8(0);  // decimals
    packet.zeros(2);
    (void)builder.add(packet.bytes());
  }
  return builder.finish();
}

}  // namespace selkie::odbc
