def test_x(tiny):
    import time
    for n,(b,a,c) in enumerate([("reference",{},tiny.first),("blank",{},tiny.first),("reference",{},tiny.second),("reference",{"mean":"def mean(v): return v.sum()/len(v)"},tiny.first)]):
        t=time.time()
        tiny.hand_in(f"s{n}",a,base=b,chapter=c)
        r=tiny.grade(f"s{n}",c)
        print(time.time()-t, r.outcome, r.points, r.max_points, r.meter)
        for c in r.notebooks[0].cells:
            if c.outcome: print("   ",c.cell_id,c.outcome,c.points,c.max_points,c.error and c.error.message)
            for k in c.records: print("       ",k)
