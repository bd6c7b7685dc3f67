// Archives of serialization.
#include "env/archives.h"

#include <cstring>
#include <limits>

#include "checks.h"

using namespace lander;

namespace {

TEST(a_reader_reads_what_a_writer_wrote) {
    u8 bytes[32];
    StateWriter writer(bytes);
    bool flag = true;
    u8 small = 2;
    float number = -1.5F;
    writer.flag(flag, "flag");
    writer.small(small, 3, "small", "below 3");
    writer.number(number, -2.0, 2.0, "number", "between -2 and 2");
    CHECK(writer.size() == 6);
    StateReader reader(bytes, 6);
    bool flag_read = false;
    u8 small_read = 0;
    float number_read = 0.0F;
    reader.flag(flag_read, "flag");
    reader.small(small_read, 3, "small", "below 3");
    reader.number(number_read, -2.0, 2.0, "number", "between -2 and 2");
    CHECK(flag_read && small_read == 2 && number_read == -1.5F);
    CHECK(!reader.failed() && reader.left() == 0);
}

TEST(a_checker_names_the_first_fault_of_what_lies_in_memory) {
    StateChecker sound;
    float zero = 0.0F;
    sound.count(33, 33, "count", "33 at most");
    sound.number(zero, 0.0, 1.0, "number", "between 0 and 1");
    CHECK(!sound.failed());

    StateChecker counts;
    counts.count(-1, 33, "count", "33 at most");
    counts.count(34, 33, "other", "33 at most");
    CHECK(std::strcmp(counts.fault().field, "count") == 0 && counts.fault().value == -1.0);

    StateChecker flags;
    bool flag = false;
    const u8 byte = 200;  // what no bool holds
    std::memcpy(&flag, &byte, 1);
    flags.flag(flag, "flag");
    CHECK(std::strcmp(flags.fault().field, "flag") == 0 && flags.fault().value == 200.0);
    CHECK(!flag);

    StateChecker numbers;
    float nan = std::numeric_limits<float>::quiet_NaN();
    numbers.number(nan, -1.0, 1.0, "number", "between -1 and 1");
    CHECK(numbers.failed());
}

}  // namespace
