/** Keywords of C11 and C++: generated headers may be included from either. */
const keywords: ReadonlySet<string> = new Set(
  (
    'alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl const const_cast constexpr ' +
    'continue decltype default delete do double dynamic_cast else enum explicit export extern false float for friend goto ' +
    'if inline int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public ' +
    'register reinterpret_cast restrict return short signed sizeof static static_assert static_cast struct switch ' +
    'template this thread_local throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t ' +
    'while xor xor_eq'
  ).split(' '),
);

/** Headers of C up to C23: NAME.h in an include path would stand in for them, for every file of a project. */
const standardHeaders: ReadonlySet<string> = new Set(
  (
    'assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic ' +
    'stdbit stdbool stdckdint stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype'
  ).split(' '),
);

const longest = 48;

/** What is wrong with a name as the prefix of C symbols, as the end of a sentence; undefined when nothing is. */
export function checkModelName(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (!/^[A-Za-z0-9_]+$/.test(name)) return 'has characters other than letters, digits and underscores';
  if (/^\d/.test(name)) return 'begins with a digit';
  if (name.startsWith('_')) return 'begins with an underscore, which C reserves';
  if (keywords.has(name)) return 'is a keyword of C or C++';
  // Some file systems make no difference between upper and lower case.
  if (standardHeaders.has(name.toLowerCase())) return `would make a ${name}.h, and that is a header of C itself`;
  if (/^effnetc_/i.test(name)) return 'begins with effnetc_, as the test harness does';
  if (name.length > longest) return `is longer than ${longest} characters`;
  return undefined;
}
