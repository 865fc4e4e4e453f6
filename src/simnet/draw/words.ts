/** Plain words for invented names: servers, domains, people's home networks. */
export const words: ReadonlyArray<string> = [
  "acorn amber anchor anvil apple arrow aspen attic badger bamboo barley basil beacon beech birch bison",
  "bishop blossom boulder branch breeze bridge bronze brook cabin cactus camel canal canary candle canyon carbon",
  "castle cedar cellar chalk cherry cinder citrus clay cliff clover cobalt comet copper coral corner cotton",
  "crane crater cricket crystal cypress daisy dolphin donkey dove dragon drift dune eagle ebony elder ember",
  "falcon feather fennel fern field fig finch fjord flint forest fossil fox garden garnet gecko ginger",
  "glacier goose granite grape gravel grove gull hamlet harbor hazel heather hedge heron hickory hill hollow",
  "honey island ivory jade jasmine jasper juniper kelp kettle kiwi koala lagoon lantern larch laurel lava",
  "lemon lilac lily linen lizard lotus lynx magnet mango maple marble marsh meadow melon mesa mint",
  "monsoon moose moss mountain mulberry nectar nettle newt north oasis oat ocean olive onyx opal orchard",
  "orchid otter owl oyster panda papaya paper peach pear pebble pecan pelican pepper pine planet plum",
  "pollen pond poplar poppy prairie pumpkin quarry quartz quill quince rabbit radish rain raven reed ridge",
  "river robin rose ruby saddle saffron sage salmon sand sapphire shell silver slate snow sparrow spruce",
  "squirrel star stone storm summit sunset swan tangerine teal thicket thistle thunder tiger timber topaz trout",
  "tulip tundra turtle valley vanilla velvet violet walnut walrus water wheat willow winter wolf yarrow zebra"
].flatMap((line) => line.split(" "))
