#include "tools/rf-load/book.hpp"

#include <gtest/gtest.h>

namespace rf::load {
namespace {

constexpr Us t = second_us;

Book book_of(CountedBy counted_by) {
  Book book({.agents = 3, .queues = 2, .talk_us = t, .wrapup_us = 0, .counted_by = counted_by});
  book.set_window(t, 10 * t);
  return book;
}

/// One whole call of that agent in a second.
void serve(Book& book, CallIndex call, AgentIndex agent, Us from_us) {
  book.offered(call, agent, from_us);
  EXPECT_FALSE(book.confirmed(call, agent, from_us + 1000));
  EXPECT_TRUE(book.answered(call, from_us + 2000));
  book.leg_over(agent, from_us + t);
  book.finished(call);
}

TEST(Book, MeasuresACall) {
  Book book = book_of(CountedBy::arrival);
  const CallIndex call = book.arrived(0, 2 * t);
  EXPECT_EQ(book.waiting(), 1u);
  EXPECT_EQ(book.open(), 1u);
  serve(book, call, 1, 2 * t + 50);
  EXPECT_EQ(book.waiting(), 0u);
  EXPECT_EQ(book.open(), 0u);
  const Figures& f = book.figures();
  EXPECT_EQ(f.route.max_us(), 50);
  EXPECT_EQ(f.answer.max_us(), 2050);
  EXPECT_EQ(f.connected, 1u);
  EXPECT_EQ(f.connected_in_window, 1u);
  EXPECT_EQ(f.finished, 1u);
  EXPECT_EQ(f.offers, 1u);
  EXPECT_EQ(f.overlapping + f.passed + f.double_answers + f.failed, 0u);
}

TEST(Book, TalkCountsAsFarAsItLiesInTheWindow) {
  Book book = book_of(CountedBy::offer);
  // The window is [t, 10 t); a call talks from 2 ms after its offer, for t.
  serve(book, book.arrived(0, 0), 0, t / 2 - 2000);
  EXPECT_EQ(book.closed().talked_us, t / 2);
  serve(book, book.arrived(0, 0), 0, 5 * t);
  EXPECT_EQ(book.closed().talked_us, t / 2 + t);
  serve(book, book.arrived(0, 0), 0, 10 * t - t / 4 - 2000);
  EXPECT_EQ(book.closed().talked_us, t / 2 + t + t / 4);
  book.arrived(0, 9 * t);
  EXPECT_EQ(book.closed().talked_us, t / 2 + t + t / 4);
}

TEST(Book, FindsAnOverlappingOffer) {
  Book book = book_of(CountedBy::arrival);
  const CallIndex first = book.arrived(0, 2 * t);
  const CallIndex second = book.arrived(1, 2 * t);
  book.offered(first, 1, 3 * t);
  book.offered(second, 1, 3 * t + 1);
  EXPECT_EQ(book.figures().overlapping, 1u);
  // The first leg's end does not make the agent idle: the second is still up.
  book.leg_over(1, 4 * t);
  book.offered(book.arrived(0, 4 * t), 1, 4 * t + 1);
  EXPECT_EQ(book.figures().overlapping, 2u);
  EXPECT_EQ(book.figures().idle_gap.count(), 0u);
}

TEST(Book, AnOfferAfterTheLegsEndDoesNotOverlap) {
  Book book = book_of(CountedBy::arrival);
  serve(book, book.arrived(0, 2 * t), 0, 2 * t);
  serve(book, book.arrived(0, 3 * t), 0, 3 * t);
  EXPECT_EQ(book.figures().overlapping, 0u);
}

TEST(Book, FindsACallThatPassedAnother) {
  Book book = book_of(CountedBy::arrival);
  const CallIndex first = book.arrived(0, 2 * t);
  const CallIndex second = book.arrived(0, 3 * t);
  const CallIndex third = book.arrived(0, 4 * t);
  book.offered(second, 0, 5 * t);
  EXPECT_EQ(book.figures().passed, 1u);
  book.offered(first, 1, 5 * t);
  book.offered(third, 2, 5 * t);
  EXPECT_EQ(book.figures().passed, 1u);
}

TEST(Book, QueuesHaveLinesOfTheirOwn) {
  Book book = book_of(CountedBy::arrival);
  book.arrived(0, 2 * t);
  book.offered(book.arrived(1, 3 * t), 0, 4 * t);
  EXPECT_EQ(book.figures().passed, 0u);
}

TEST(Book, WhoLeftIsPassedByNobody) {
  Book book = book_of(CountedBy::arrival);
  const CallIndex shed = book.arrived(0, 2 * t);
  const CallIndex failed = book.arrived(0, 2 * t);
  const CallIndex giving_up = book.arrived(0, 2 * t);
  const CallIndex served = book.arrived(0, 3 * t);
  book.shed(shed);
  book.failed(failed, 486);
  book.giving_up(giving_up);
  book.offered(served, 0, 4 * t);
  const Figures& f = book.figures();
  EXPECT_EQ(f.passed, 0u);
  EXPECT_EQ(f.shed, 1u);
  EXPECT_EQ(f.failed, 1u);
  EXPECT_EQ(f.refusals.at(503), 1u);
  EXPECT_EQ(f.refusals.at(486), 1u);
  EXPECT_EQ(book.waiting(), 0u);
  book.cancelled(giving_up);
  EXPECT_EQ(book.figures().cancelled, 1u);
}

TEST(Book, ASecondOfferOfTheSameCallIsNotMeasuredAgain) {
  Book book = book_of(CountedBy::arrival);
  const CallIndex call = book.arrived(0, 2 * t);
  book.offered(call, 0, 3 * t);
  book.leg_over(0, 4 * t);
  book.offered(call, 1, 5 * t);
  EXPECT_EQ(book.figures().route.count(), 1u);
  EXPECT_EQ(book.figures().offers, 2u);
}

TEST(Book, FindsADoubleAnswer) {
  Book book = book_of(CountedBy::arrival);
  const CallIndex call = book.arrived(0, 2 * t);
  book.offered(call, 0, 3 * t);
  book.offered(call, 1, 3 * t);
  EXPECT_FALSE(book.confirmed(call, 0, 4 * t));
  EXPECT_FALSE(book.confirmed(call, 1, 4 * t));
  EXPECT_EQ(book.figures().double_answers, 1u);
  EXPECT_TRUE(book.answered(call, 4 * t));
  EXPECT_FALSE(book.answered(call, 4 * t));
  EXPECT_EQ(book.figures().connected, 1u);
}

TEST(Book, IdleGapBeginsAfterWrapup) {
  Book book({.agents = 1, .queues = 1, .wrapup_us = t, .counted_by = CountedBy::offer});
  book.set_window(t, 100 * t);
  serve(book, book.arrived(0, 2 * t), 0, 2 * t);
  book.offered(book.arrived(0, 2 * t), 0, 4 * t + 700);
  EXPECT_EQ(book.figures().idle_gap.count(), 1u);
  EXPECT_EQ(book.figures().idle_gap.max_us(), 700);
}

TEST(Book, TheWindowIsOfArrivalsOrOfOffers) {
  for (const CountedBy counted_by : {CountedBy::arrival, CountedBy::offer}) {
    Book book = book_of(counted_by);
    // Before the window and in it; in it and after it.
    book.offered(book.arrived(0, 0), 0, 2 * t);
    book.offered(book.arrived(0, 9 * t), 1, 11 * t);
    EXPECT_EQ(book.figures().route.count(), 1u);
    EXPECT_EQ(book.figures().route.max_us(), 2 * t);
    EXPECT_EQ(book.figures().calls, 2u);
  }
  Book book = book_of(CountedBy::arrival);
  book.offered(book.arrived(0, 9 * t), 1, 14 * t);
  EXPECT_EQ(book.figures().route.max_us(), 5 * t);
}

TEST(Book, WhatIsOpenAtTheEndIsUnfinished) {
  Book book = book_of(CountedBy::arrival);
  book.arrived(0, 2 * t);
  serve(book, book.arrived(0, 2 * t), 0, 2 * t);
  EXPECT_EQ(book.closed().unfinished, 1u);
}

}  // namespace
}  // namespace rf::load
