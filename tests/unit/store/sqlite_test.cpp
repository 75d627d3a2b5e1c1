#include "agent/store/sqlite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/store/sql.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::store {
namespace {

using testing::HasSubstr;

TEST(Sql, StatementsAreFoundByFileAndName) {
  EXPECT_THAT(std::string(named_sql("transaction.begin").value()), HasSubstr("BEGIN IMMEDIATE"));
  EXPECT_EQ(std::string(named_sql("transaction.begin").value()).find("COMMIT"), std::string::npos);
  EXPECT_FALSE(named_sql("transaction.beg"));
  EXPECT_FALSE(named_sql("transaction"));
  EXPECT_FALSE(named_sql("nowhere.begin"));
}

TEST(Sql, EveryNamedStatementPrepares) {
  const fakes::TempDir dir;
  auto connection = Connection::open(dir.file("a.db"), "");
  ASSERT_TRUE(connection);
  int statements = 0;
  for (const SqlFile& file : sql_files()) {
    if (file.name.substr(0, 1) == "0") {
      ASSERT_TRUE(connection->execute(file.name, std::string(file.text)));
      continue;
    }
    constexpr std::string_view kMark = "-- :name ";
    for (auto at = file.text.find(kMark); at != std::string_view::npos; at = file.text.find(kMark, at + 1)) {
      const auto begin = at + kMark.size();
      const std::string name =
          std::string(file.name) + "." + std::string(file.text.substr(begin, file.text.find('\n', at) - begin));
      const auto text = named_sql(name);
      ASSERT_TRUE(text) << name;
      const auto plan = connection->text("EXPLAIN " + std::string(*text));
      EXPECT_TRUE(plan) << name << ": " << (plan ? "" : plan.error().message());
      ++statements;
    }
  }
  EXPECT_GT(statements, 40);
}

TEST(Sqlite, ErrorsNameTheStatement) {
  const fakes::TempDir dir;
  auto connection = Connection::open(dir.file("a.db"), "");
  ASSERT_TRUE(connection);
  const auto missing = connection->query("outbox.totals").run();
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message(), HasSubstr("outbox.totals"));
  EXPECT_THAT(missing.error().message(), HasSubstr("no such table"));
  EXPECT_FALSE(connection->query("outbox.nonsense").run());
}

TEST(Sqlite, TransactionRollsBackUnlessCommitted) {
  const fakes::TempDir dir;
  auto connection = Connection::open(dir.file("a.db"), "");
  ASSERT_TRUE(connection);
  ASSERT_TRUE(connection->execute("t", "CREATE TABLE t (x)"));
  {
    auto transaction = Transaction::begin(*connection);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(connection->execute("t", "INSERT INTO t VALUES (1)"));
  }
  EXPECT_FALSE(connection->in_transaction());
  EXPECT_EQ(connection->integer("SELECT count(*) FROM t").value(), 0);
  auto transaction = Transaction::begin(*connection);
  ASSERT_TRUE(transaction);
  ASSERT_TRUE(connection->execute("t", "INSERT INTO t VALUES (1)"));
  ASSERT_TRUE(transaction->commit());
  EXPECT_EQ(connection->integer("SELECT count(*) FROM t").value(), 1);
}

}  // namespace
}  // namespace aisle::store
