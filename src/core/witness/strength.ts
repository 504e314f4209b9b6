/** How much an assertion asks for. The numbers are an order, nothing else. */
export const STRENGTH = {
  /** It holds whatever the program does. */
  trivial: 0,
  /** Something is there. */
  weak: 1,
  /** Something is true of the result. */
  some: 2,
  /** A property of the result is what it should be. */
  part: 3,
  /** The result is exactly what it should be. */
  exact: 4,
} as const;

const EXACT =
  /^(?:to)?(?:be|equal|equals|eq|eql|is|same|identical|strictequal|deepequal|deepstrictequal|looseequal|samevalue|strictequals|isequalto|issameas|isidenticalto|containexactly|containsexactly|containsexactlyinanyorder|matcharray|toequalinsensitively|assertequal|assertequals|assertequalvalues|assertsame|assertidentical|asserteq|asserteql|assertdeepequal|assertdictequal|assertlistequal|assertsetequal|asserttupleequal|assertsequenceequal|assertcountequal|assertmultilineequal|assertarrayequal|assertarrayequals|assertframeequal|assertseriesequal|assertcontentequals|mustequal|shouldbe|shouldequal|areequal|aresame|assertareequal|arequivalent|areequivalent|beequivalentto|besameas|equivalent|equalvalues|jsoneq|yamleq|elementsmatch|xctassertequal|xctassertidentical|expecteq|expectstreq|streq|checkeq|assertthat|calledwith|calledoncewith|havebeencalledwith|havebeencalledoncewith|assertcalledwith|assertcalledoncewith|havebeencalledexactlyoncewith|lastcalledwith|havebeenlastcalledwith|havebeennthcalledwith|haveReturnedWith|tobeeq|deeplyequal|matchexactly|assertoutput|assertdbequal|hastext|havetext|havevalue|returns)$/i;
const WEAK =
  /(?:defined|undefined|notnull|nonnull|notnil|notnone|isnotnull|isnotnil|exist|exists|doesnotthrow|nothrow|notraise|noerror|nilerror|notempty|isnotempty|empty|nil|null|none|instanceof|isinstance|istypeof|typeof|^a$|^an$|notzero|anything|respond|ok|success|assertsuccess|hasnoerrors)$/i;
const SOME = /(?:truthy|falsy|falsey|true|false|^assert|^ok$|^be$)$/i;

/** How much a matcher asks for by its name: `toBe`, `assert_equal`, `XCTAssertNotNil`. */
export function strengthOfName(written: string): number {
  const name = written
    .replace(/^(?:XCT|EXPECT|ASSERT|CHECK|REQUIRE|BOOST|TEST_ASSERT|CU_ASSERT)_?/, '')
    .replace(/[_!?.]/g, '');
  if (/snapshot/i.test(name)) return STRENGTH.some;
  if (/^(?:to)?(?:have)?(?:been)?(?:be)?calledtimes$|^(?:have_?)?callcount$/i.test(name)) return STRENGTH.exact;
  // Unity and others name the type of what they compare: `TEST_ASSERT_EQUAL_INT`, `CU_ASSERT_STRING_EQUAL`.
  if (
    /^(?:equal|eq)(?:u?int\d*|hex\d*|string|str|memory|ptr|float|double|char|size_?t|number|array)+$/i.test(name) ||
    /^(?:string|ptr|nstring)equal$/i.test(name)
  )
    return STRENGTH.exact;
  const bare = name.replace(
    /^(?:expect|assert|must|should|check|verify|refute|xctassert|debugassert|propassert)(?=.)/i,
    '',
  );
  if (
    /^(?:not|isnot|tobenot|ne$|neq|refute)/i.test(bare) &&
    !/^(?:notnull|notnil|notnone|notempty|nothrow|notthrow|notzero|nothing)/i.test(bare)
  )
    return STRENGTH.some;
  if (EXACT.test(name) || EXACT.test(bare)) return STRENGTH.exact;
  if (/^(?:to)?(?:be)?(?:truthy|falsy|falsey|true|false|istrue|isfalse)$/i.test(bare)) return STRENGTH.some;
  if (/^(?:doesnotthrow|notthrow|nothrow|noerror|isok)/i.test(bare) || WEAK.test(bare)) return STRENGTH.weak;
  if (SOME.test(name) && bare === name) return STRENGTH.some;
  return STRENGTH.part;
}

/** Matchers inside of an expected value that let anything pass there. */
export const LAX =
  /\b(?:expect\.(?:any|anything|objectContaining|arrayContaining|stringMatching|stringContaining|closeTo)|mock\.ANY|unittest\.mock\.ANY|ANY\b|anyString|anyInt|Arg\.Any|It\.IsAny|kind_of|be_an?\b|anything\b|sinon\.match)/;
