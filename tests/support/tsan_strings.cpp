#include <string>

// The std::string of every library in a program of the tsan preset. Else RocksDB's strings are those of libstdc++, and
// nothing in a report says that it was RocksDB that used them: it could not be told from our own code in tsan.supp.
template class std::basic_string<char>;
